package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// A reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   []byte
	where  string // the request, in short
}

// ask asks a site and reads the answer, in which nobody's secret may be but own. The body is a form unless the headers, which are
// pairs of name and value, say otherwise. An error means that there is no whole answer, as when a process stops meanwhile.
func (s *site) ask(ctx context.Context, own, method, path, body string, headers ...string) (*reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.url(path), strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			r.Host = headers[i+1]
		}
	}
	return s.send(s.field.client(), own, r)
}

// send sends a request by a client and reads the answer.
func (s *site) send(client *http.Client, own string, r *http.Request) (*reply, error) {
	w, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer w.Body.Close()
	answer := &reply{status: w.StatusCode, header: w.Header, where: fmt.Sprintf("%s %.80s on %s", r.Method, r.URL.Path, s.name)}
	answer.body, err = io.ReadAll(io.LimitReader(w.Body, 32<<20))
	s.field.ledger.look(own, answer.where, answer.body)
	for _, lines := range w.Header {
		s.field.ledger.look(own, "a header of "+answer.where, []byte(strings.Join(lines, "\n")))
	}
	return answer, err
}

// cookie returns the session cookie that an answer sets, as a client sends it back, or otherwise.
func (r *reply) cookie(otherwise string) string {
	for _, line := range r.header["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		if strings.HasPrefix(pair, "session=") {
			return pair
		}
	}
	return otherwise
}

// A guest is a visitor whom an attack makes up.
type guest struct {
	site                 *site
	name, secret, cookie string
}

// guest enters a site under a name of its own.
func (s *site) guest(ctx context.Context) (*guest, error) {
	g := &guest{site: s, name: fmt.Sprintf("guest-%016x", s.field.rand.Uint64()), secret: newSecret("visitor")}
	w, err := g.ask(ctx, "POST", "/enter", url.Values{"name": {g.name}, "secret": {g.secret}}.Encode())
	if err != nil {
		return nil, err
	}
	if w.status != http.StatusOK || g.cookie == "" {
		return nil, fmt.Errorf("%s: status %d, %d cookies", w.where, w.status, len(w.header["Set-Cookie"]))
	}
	return g, nil
}

// ask asks with the guest's cookie, and keeps the one that comes back.
func (g *guest) ask(ctx context.Context, method, path, body string, headers ...string) (*reply, error) {
	if g.cookie != "" {
		headers = append(headers, "Cookie", g.cookie)
	}
	w, err := g.site.ask(ctx, g.secret, method, path, body, headers...)
	if err == nil {
		g.cookie = w.cookie(g.cookie)
	}
	return w, err
}

// together calls do n times, at most that many at once, and returns when all have ended. It begins none when ctx has ended.
func together(ctx context.Context, n, atOnce int, do func(i int)) {
	var all sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i := 0; i < n && ctx.Err() == nil; i++ {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			do(i)
		})
	}
	all.Wait()
}
