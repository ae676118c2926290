package dewar

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/files"
	"github.com/dewar-go/dewar/internal/hostname"
)

// SecureFilename returns a file name that came from outside as one that may be kept on any disk: ASCII letters, digits,
// dots, dashes and underscores, no folder, no dot in front. Spaces and slashes become underscores, letters lose their
// accents, all else is dropped. The name of a device of Windows, such as CON or com1.txt, gets an underscore in front.
//
// It returns "" when nothing is left, as of "../" or "日本": pick a name then. Nothing makes two names stay different, and
// nothing keeps one from being as long as it came; [SaveUpload] takes care of both. It is Werkzeug's secure_filename,
// which looks for devices on Windows alone.
func SecureFilename(name string) string { return files.Secure(name) }

// SafeJoin joins a folder that the program chose with parts of a path that came from outside. ok is false when a part is
// absolute or leads out of the folder; answer with Abort(404) then. Parts have slashes on every system; one with a
// backslash, a colon, a control character, a device of Windows or a dot or space at the end of a name is refused on
// every system too. Empty parts do not count, and an empty folder is the working directory. It is Werkzeug's safe_join.
//
// Only the text is looked at: a symbolic link in the folder may still lead out of it. [Context.SendFromFS] with the FS
// of [os.OpenRoot] sends a file from a folder without that risk.
func SafeJoin(dir string, parts ...string) (path string, ok bool) {
	path = filepath.Join(dir, ".")
	for _, part := range parts {
		if part == "" {
			continue
		}
		local, ok := files.Local(part)
		if !ok {
			return "", false
		}
		path = filepath.Join(path, filepath.FromSlash(local))
	}
	return path, true
}

// SafeNext returns where to send a user on after a login: next, which came from outside, when it stays on this site,
// and fallback otherwise.
//
//	return c.Redirect(c.SafeNext(c.Query().String("next"), "/"))
//
// What stays is a path that begins with one slash, with its query and fragment. A URL with the scheme and the host of
// this request is cut down to that. Everything that browsers, proxies or servers may read as another host is refused,
// escaped or not: two slashes, a backslash or dots in front, control characters and spaces around, another scheme,
// a user before the host. So is a relative path. The fallback is returned as it is.
func (c *Context) SafeNext(next, fallback string) string {
	path, ok := c.ownPath(next)
	if !ok || !staysOnSite(path) {
		return fallback
	}
	return path
}

// ownPath cuts a URL of this very site down to its path, query and fragment.
func (c *Context) ownPath(target string) (string, bool) {
	if strings.HasPrefix(target, "/") {
		return target, true
	}
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || !strings.EqualFold(scheme, c.Scheme()) {
		return "", false
	}
	host := rest
	if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
		host = rest[:end]
	}
	if !hostname.Valid(host) || !sameHost(host, c.Host(), c.Scheme()) {
		return "", false
	}
	return "/" + strings.TrimPrefix(rest[len(host):], "/"), true
}

func sameHost(a, b, scheme string) bool {
	name, port := hostname.Normal(a, scheme)
	otherName, otherPort := hostname.Normal(b, scheme)
	return name == otherName && port == otherPort
}

// staysOnSite reports whether nobody can take target, which begins with a slash, for anything but a path.
func staysOnSite(target string) bool {
	if !utf8.ValidString(target) || strings.ContainsFunc(target, unicode.IsControl) || strings.Contains(target, `\`) ||
		strings.TrimSpace(target) != target {
		return false
	}
	rawPath, _, _ := strings.Cut(target, "#")
	rawPath, _, _ = strings.Cut(rawPath, "?")
	path, err := url.PathUnescape(rawPath)
	if err != nil || strings.ContainsFunc(path, unicode.IsControl) || strings.Contains(path, `\`) {
		return false
	}
	if strings.HasPrefix(path, "//") {
		return false
	}
	return !strings.Contains(path, "//") || !hasDots(path) // dots may bring the slashes to the front
}

// hasDots reports whether an element of path is one that browsers resolve.
func hasDots(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(element string) bool { return element == "." || element == ".." })
}
