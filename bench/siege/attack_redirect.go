package main

import (
	"context"
	"net/url"
	"strings"
)

// redirects asks for redirects to other sites, as a link to a login page may that somebody made up.
func redirects(ctx context.Context, f *field) error {
	targets := []string{
		"https://evil.example/", "//evil.example", "///evil.example", "////evil.example/..", `/\evil.example`, `\\evil.example`, `\/evil.example`,
		"http:evil.example", "https:/evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", " //evil.example", "\t//evil.example",
		"/\t/evil.example", "/%2f/evil.example", "/%5cevil.example", "/..//evil.example", "/./%2fevil.example", "http://siege.example@evil.example/",
		"http://siege.example.evil.example/", "//evil.example%2f..", "/\r\nLocation: //evil.example", "/a/..//evil.example", "evil.example", "?next=//evil.example/", "",
	}
	together(ctx, len(targets), 8, func(i int) {
		w, err := f.app.ask(ctx, "", "GET", "/next?next="+url.QueryEscape(targets[i]), "")
		if err != nil {
			return
		}
		f.check(onSite, staysOn(w.header.Get("Location")), "next=%q leads to %q", targets[i], w.header.Get("Location"))
	})
	w, err := f.app.ask(ctx, "", "GET", "/next?next=/page%3Fa%3D1", "")
	if err == nil {
		f.check(othersUnharmed, w.header.Get("Location") == "/page?a=1", "a redirect on the site leads to %q", w.header.Get("Location"))
	}
	f.count("redirects", len(targets))
	return nil
}

// staysOn reports whether browsers take a Location for a path of the same site: they read backslashes as slashes, and drop
// tabs and line breaks.
func staysOn(location string) bool {
	location = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(location)
	to, err := url.Parse(strings.TrimSpace(location))
	if err != nil {
		return false
	}
	resolved := (&url.URL{Scheme: "http", Host: "siege.example", Path: "/"}).ResolveReference(to)
	return strings.HasPrefix(location, "/") && resolved.Host == "siege.example" && resolved.Scheme == "http" && !strings.HasPrefix(resolved.Path, "//")
}
