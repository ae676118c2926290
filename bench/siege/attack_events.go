package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// eventStreams listen to events, and hang up in all ways. The goroutines of a stream end with it.
func eventStreams(ctx context.Context, f *field) error {
	const each = 12
	together(ctx, each*len(f.sites), 24, func(i int) {
		s := f.sites[i%len(f.sites)]
		g, err := s.guest(ctx)
		if err != nil {
			return
		}
		switch i / len(f.sites) % 3 {
		case 0:
			g.listen(ctx, "/events?count=10", 10, true)
		case 1:
			g.listen(ctx, "/events", 5, false)
		case 2:
			g.hangUpOnEvents(ctx)
		}
		f.count("event streams", 1)
	})
	return nil
}

// listen reads so many events, which are the guest's and in order, and hangs up unless the stream ends by itself.
func (g *guest) listen(ctx context.Context, path string, events int, ends bool) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", g.site.url(path), nil)
	if err != nil {
		return
	}
	r.Header.Set("Cookie", g.cookie)
	w, err := g.site.field.client().Do(r)
	if err != nil {
		return
	}
	defer w.Body.Close()
	if w.StatusCode == http.StatusServiceUnavailable {
		return
	}
	f := g.site.field
	f.check(notCached, strings.Contains(w.Header.Get("Cache-Control"), "no-store"), "events on %s may be kept: Cache-Control %q", g.site.name, w.Header.Get("Cache-Control"))
	n, lines := 0, bufio.NewScanner(w.Body)
	for (ends || n < events) && lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				f.check(noMixing, id == fmt.Sprint(n), "event %d on %s has the id %q", n, g.site.name, id)
			}
			continue
		}
		f.check(noMixing, data == g.name, "an event of %s on %s is %q", g.name, g.site.name, data)
		n++
	}
	if ends && lines.Err() == nil && ctx.Err() == nil && n != events {
		f.count("event streams that a stop ended", 1) // as the promise says, a stream ends when the App stops
	}
}

// hangUpOnEvents resets the connection in the middle of a stream.
func (g *guest) hangUpOnEvents(ctx context.Context) {
	if g.site.scheme == "https" {
		g.listen(ctx, "/events", 3, false)
		return
	}
	l, err := g.site.line(ctx)
	if err != nil {
		return
	}
	l.send(g.site.request("GET", "/events", "", "Cookie: "+g.cookie, "Accept: text/event-stream"))
	_ = l.SetReadDeadline(time.Now().Add(2 * time.Second))
	_, _ = l.in.ReadString('\n')
	l.reset()
}
