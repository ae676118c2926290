package main

import (
	"context"
	"net/http"
	"strings"
)

// caches look at what a shared cache in front of the site would keep.
func caches(ctx context.Context, f *field) error {
	for _, s := range f.sites {
		g, err := s.guest(ctx)
		if err != nil {
			return err
		}
		for _, path := range []string{"/me", "/page", "/private", "/stream?lines=3"} {
			w, err := g.ask(ctx, "GET", path, "")
			if err != nil {
				continue
			}
			f.check(notCached, w.status == http.StatusOK, "%s: status %d", w.where, w.status)
			f.check(notCached, lists(w.header, "Vary", "Cookie"), "%s says Vary: %q and not that it depends on the cookie", w.where, w.header["Vary"])
			caching := w.header.Get("Cache-Control")
			f.check(notCached, strings.Contains(caching, "private") || strings.Contains(caching, "no-store"), "%s says Cache-Control: %q, so that a proxy may keep it", w.where, caching)
		}
		if err := s.forEverybody(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// forEverybody asks for what is the same for all: it must set no cookie.
func (s *site) forEverybody(ctx context.Context, g *guest) error {
	for _, path := range []string{"/", "/static/siege.css", "/missing"} {
		w, err := g.ask(ctx, "GET", path, "")
		if err != nil {
			continue
		}
		s.field.check(notCached, len(w.header["Set-Cookie"]) == 0, "%s sets a cookie", w.where)
	}
	return nil
}

// lists reports whether an item stands in the list that a header is.
func lists(header http.Header, name, item string) bool {
	for part := range strings.SplitSeq(strings.Join(header[name], ","), ",") {
		if part = strings.TrimSpace(part); strings.EqualFold(part, item) || part == "*" {
			return true
		}
	}
	return false
}
