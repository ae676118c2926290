package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// otherSites send what a browser sends when a page of another site posts a form, with the cookie of a visitor.
func otherSites(ctx context.Context, f *field) error {
	for _, s := range f.sites {
		g, err := s.guest(ctx)
		if err != nil {
			return err
		}
		posts := 0
		for _, headers := range [][]string{
			{"Origin", "https://evil.example"},
			{"Origin", "null"},
			{"Origin", "https://" + app.OwnHost + ".evil.example"},
			{"Origin", "http://evil.example:80", "Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Sec-Fetch-Site", "nonsense"},
			{"Origin", "https://evil.example", "Content-Type", "text/plain"},
			{"Origin", "https://evil.example", "X-HTTP-Method-Override", "GET"},
		} {
			for _, method := range []string{"POST", "DELETE", "PUT"} {
				w, err := g.ask(ctx, method, "/add", "a=b", headers...)
				if err != nil {
					continue
				}
				posts++
				refused := w.status == http.StatusForbidden || method != "POST" && w.status == http.StatusMethodNotAllowed
				f.check(noCrossPosts, refused, "%s with %q: status %d", w.where, headers, w.status)
			}
		}
		g.wantCount(ctx, 0)
		if w, err := g.ask(ctx, "POST", "/add", "a=b", "Origin", s.scheme+"://"+s.addr, "Sec-Fetch-Site", "same-origin"); err == nil && w.status != http.StatusServiceUnavailable {
			f.check(othersUnharmed, w.status == http.StatusOK, "%s by the site itself: status %d", w.where, w.status)
			g.wantCount(ctx, 1)
		}
		f.count("posts of other sites", posts)
	}
	return nil
}

// wantCount looks at the counter of the session, which posts of other sites must not have raised.
func (g *guest) wantCount(ctx context.Context, want int64) {
	w, err := g.ask(ctx, "GET", "/me", "")
	if err != nil || w.status != http.StatusOK {
		return
	}
	var seen app.Seen
	if err := json.Unmarshal(w.body, &seen); err != nil {
		seen.Count = -1
	}
	g.site.field.check(noCrossPosts, seen.Count == want, "posts of other sites on %s have changed the session: the counter is %d, want %d", g.site.name, seen.Count, want)
}

// foreignHosts ask for hosts that are not the site's, and say in headers that they are somebody else.
func foreignHosts(ctx context.Context, f *field) error {
	hosts := []string{
		"evil.example", app.OwnHost + ".evil.example", "evil" + app.OwnHost, "evil.example:80", "127.0.0.2", "[::2]", "localhost.evil.example", "LOCALHOST.example",
	}
	for _, host := range hosts {
		for _, s := range f.sites {
			w, err := s.ask(ctx, "", "GET", "/page", "", "Host", host, "X-Forwarded-Host", app.OwnHost)
			if err == nil {
				f.check(hostAndClient, w.status == http.StatusBadRequest, "%s for the host %q: status %d", w.where, host, w.status)
			}
		}
	}
	for _, headers := range [][]string{
		{"Host", app.OwnHost}, {"X-Forwarded-Host", "evil.example"}, {"Forwarded", "for=10.0.0.1;host=evil.example;proto=https"},
		{"X-Forwarded-Proto", "https", "X-Forwarded-For", "10.0.0.1, 127.0.0.1", "X-Forwarded-Prefix", "//evil.example"},
	} {
		w, err := f.app.ask(ctx, "", "GET", "/target/url", "", headers...)
		if err != nil {
			continue
		}
		host := f.app.addr
		if headers[0] == "Host" {
			host = headers[1]
		}
		want := fmt.Sprintf("http://%s/target/url 127.0.0.1", host)
		f.check(hostAndClient, w.status == http.StatusOK && string(w.body) == want, "with %q the application takes itself for %q, status %d, want %q", headers, clip(string(w.body)), w.status, want)
	}
	f.count("foreign hosts", len(hosts)*len(f.sites))
	return nil
}
