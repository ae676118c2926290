package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// splitHeaders has the application set headers and cookies to texts that would begin a header of their own.
func splitHeaders(ctx context.Context, f *field) error {
	texts := []string{
		"a\r\nInjected: yes", "a\nInjected: yes", "a\rInjected: yes", "a\r\n\r\n<script>injected</script>", "\x00", "a\x00b", "a\x1bb",
		"a\x7fb", "\n", "a\r\n\tInjected: yes", "a\u010aInjected: yes\u560a", "plain", "with \"quotes\"; and=this, too", "ünïcode",
	}
	ways := []string{"/target/header?text=", "/target/header?by=map&text=", "/target/cookie?text=", "/header?value="}
	n := len(texts) * len(ways)
	together(ctx, n, 8, func(i int) {
		text, way := texts[i%len(texts)], ways[i/len(texts)]
		f.app.split(ctx, way, text)
	})
	f.count("headers with line breaks", n)
	return nil
}

func (s *site) split(ctx context.Context, way, text string) {
	l, err := s.line(ctx)
	if err != nil {
		return
	}
	defer l.Close()
	l.send(s.request("GET", way+url.QueryEscape(text), "", "Connection: close"))
	answer, err := l.answer("GET", longest)
	if err != nil {
		return
	}
	f, bad := s.field, strings.ContainsAny(text, "\r\n\x00\x1b\x7f")
	head, _, _ := strings.Cut(l.said.String(), "\r\n\r\n")
	f.check(noSplitHeader, !strings.Contains(strings.ToLower(head), "\ninjected:"), "%s with %q begins a header of its own", way, text)
	f.check(noSplitHeader, !strings.ContainsAny(head, "\x00\x1b\x7f"), "%s with %q sends a control character", way, text)
	if strings.HasPrefix(way, "/target/cookie") {
		bad = strings.ContainsAny(text, "\r\n") // all else is quoted
	}
	if bad {
		f.check(noSplitHeader, answer.status == http.StatusInternalServerError, "%s with %q is no error: status %d", way, text, answer.status)
	} else {
		f.check(othersUnharmed, answer.status == http.StatusOK, "%s with %q: status %d", way, text, answer.status)
	}
	f.check(noSplitHeader, l.endsWithin(time.Second), "%s with %q: more came behind the answer", way, text)
}
