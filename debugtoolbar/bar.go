package debugtoolbar

import (
	"bytes"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/csp"
)

// addBar puts the bar into a page, behind all that the application does with it.
func (t *toolbar) addBar(c *dewar.Context) error {
	rec := current.Get(c)
	if rec == nil || rec.viewing > 0 || !wantsBar(c.Request) || !takesBar(c.Response) || !c.DebugAllowed() {
		return nil
	}
	page := c.Response.Body()
	end := bytes.LastIndex(page, []byte("</body>"))
	if end < 0 || hasPolicy(page[:end]) {
		return nil
	}
	if err := c.Response.SetBody(page[:end]); err != nil {
		return err
	}
	_, err := c.Response.Write(append(rec.html(c), page[end:]...))
	return err
}

// wantsBar reports whether a browser shows the answer as a page of its own, as far as it says.
func wantsBar(r *http.Request) bool {
	dest := r.Header["Sec-Fetch-Dest"]
	return r.Method != http.MethodHead && (len(dest) == 0 || dest[0] == "document")
}

// takesBar reports whether an answer is HTML that may be changed.
func takesBar(r *dewar.Response) bool {
	header := r.Header()
	types := header["Content-Type"]
	return len(types) == 1 && strings.HasPrefix(types[0], "text/html") && len(header["Content-Encoding"]) == 0 &&
		len(header["Etag"]) == 0 && csp.AllowsStyle(header["Content-Security-Policy"]) &&
		csp.AllowsStyle(header["Content-Security-Policy-Report-Only"])
}

// hasPolicy reports whether the head of a page has a policy of its own, which would have to be read as the browser does.
func hasPolicy(page []byte) bool {
	if end := bytes.Index(page, []byte("<body")); end >= 0 {
		page = page[:end]
	}
	return bytes.Contains(bytes.ToLower(page), []byte("content-security-policy"))
}

// html returns the bar. Every page gets one, so nothing here takes its time.
func (rec *recording) html(c *dewar.Context) []byte {
	at := html.EscapeString(home(c))
	rec.mu.Lock()
	defer rec.mu.Unlock()
	b := make([]byte, 0, 512)
	b = append(append(append(b, `<link rel="stylesheet" href="`...), at...), `bar.css"><aside class="dewar-toolbar" aria-label="Debug toolbar"><details><summary>`...)
	b = strconv.AppendInt(b, int64(c.Response.StatusCode()), 10)
	b = append(append(b, " · "...), milliseconds(rec.now())...)
	if n, repeated := countStatements(rec.entries); n > 0 {
		b = append(strconv.AppendInt(append(b, " · "...), int64(n), 10), " sql"...)
		if repeated > 0 {
			b = append(strconv.AppendInt(append(b, " ("...), int64(repeated), 10), " repeated)"...)
		}
	}
	b = append(append(b, "</summary><p>"...), html.EscapeString(rec.method)...)
	b = append(append(append(b, " <code>"...), html.EscapeString(rec.path)...), `</code></p><p><a href="`...)
	b = append(append(append(b, at...), rec.key()...), `">This request</a> <a href="`...)
	return append(append(b, at...), `">All requests</a></p></details></aside>`...)
}

// home returns the path of the toolbar as the browser sees it.
func home(c *dewar.Context) string {
	r := c.Request
	if rest, ok := strings.CutPrefix(r.RequestURI, r.URL.Path); ok && (rest == "" || rest[0] == '?') {
		return root // nothing stands before the path that the application sees
	}
	base := c.BaseURL()
	_, rest, _ := strings.Cut(base, "://")
	path := strings.TrimSuffix(rest[strings.IndexByte(rest, '/')+1:], "/")
	if path == "" {
		return root
	}
	return "/" + path + root
}

// countStatements returns how many statements there are, and how many of them are repetitions.
func countStatements(entries []entry) (all, repeated int) {
	var seen map[string]bool
	for i := range entries {
		if entries[i].kind != statement {
			continue
		}
		if seen == nil {
			seen = map[string]bool{}
		}
		all++
		if name := entries[i].name; repeats(name) {
			if seen[name] {
				repeated++
			}
			seen[name] = true
		}
	}
	return all, repeated
}

// repeats reports whether a statement is one that should not come twice.
func repeats(name string) bool {
	return !slices.Contains([]string{"BEGIN", "COMMIT", "ROLLBACK", "CONNECT"}, name)
}
