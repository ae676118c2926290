package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// websockets speak, are silent, are cut off, and are opened by pages of other sites.
func websockets(ctx context.Context, f *field) error {
	const each = 16
	together(ctx, each*len(f.sites), 24, func(i int) {
		s := f.sites[i%len(f.sites)]
		g, err := s.guest(ctx)
		if err != nil {
			return
		}
		switch i / len(f.sites) % 4 {
		case 0:
			g.speak(ctx)
		case 1:
			g.openSocket(ctx, func(conn *websocket.Conn) { time.Sleep(200 * time.Millisecond) }) // and is cut off
		case 2:
			g.openAndReset(ctx)
		case 3:
			g.openFromElsewhere(ctx)
		}
		f.count("websockets", 1)
	})
	return nil
}

// openSocket opens a websocket, wants to be greeted by name, and cuts the connection when use has returned.
func (g *guest) openSocket(ctx context.Context, use func(conn *websocket.Conn)) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: g.site.field.tls()}}
	defer client.CloseIdleConnections()
	conn, w, err := websocket.Dial(ctx, g.site.url("/socket"), &websocket.DialOptions{HTTPClient: client, HTTPHeader: http.Header{"Cookie": {g.cookie}}})
	if err != nil {
		if w != nil && w.StatusCode != http.StatusServiceUnavailable {
			g.site.field.broken(othersUnharmed, "a websocket on %s cannot be opened: %v", g.site.name, err)
		}
		return
	}
	defer conn.CloseNow()
	_, text, err := conn.Read(ctx)
	if err != nil {
		return // a process that is just ending
	}
	g.site.field.check(noMixing, string(text) == g.name, "the websocket of %s on %s greets %q", g.name, g.site.name, text)
	use(conn)
}

// speak sends messages of all sizes and wants each of them back.
func (g *guest) speak(ctx context.Context) {
	g.openSocket(ctx, func(conn *websocket.Conn) {
		ctx, cancel := context.WithTimeout(ctx, longest)
		defer cancel()
		for i := range 20 {
			said := fmt.Sprintf("%s says %d %0*d", g.name, i, 1+i*500, 0)
			if conn.Write(ctx, websocket.MessageText, []byte(said)) != nil {
				return
			}
			_, back, err := conn.Read(ctx)
			if err != nil {
				return
			}
			g.site.field.check(noMixing, string(back) == said, "a websocket on %s answers %.60q to %.60q", g.site.name, back, said)
		}
		_ = conn.Close(websocket.StatusNormalClosure, "")
	})
}

// openAndReset sends the handshake and half of a frame, and resets the connection.
func (g *guest) openAndReset(ctx context.Context) {
	l, err := g.site.line(ctx)
	if err != nil {
		return
	}
	l.send(g.site.handshake("Cookie: " + g.cookie))
	_ = l.SetReadDeadline(time.Now().Add(2 * time.Second))
	_, _ = l.in.ReadString('\n')
	l.send("\x81\xfe\x10\x00half")
	l.reset()
}

// handshake is the request for a websocket.
func (s *site) handshake(headers ...string) string {
	return s.request("GET", "/socket", "", append(headers, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")...)
}

// openFromElsewhere opens a websocket as a page of another site does, with the cookie of a visitor.
func (g *guest) openFromElsewhere(ctx context.Context) {
	w, err := g.ask(ctx, "GET", "/socket", "", "Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13",
		"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "Origin", "https://evil.example")
	if err == nil && w.status != http.StatusServiceUnavailable {
		g.site.field.check(noCrossPosts, w.status >= 400, "a page of another site opens a websocket on %s: status %d", g.site.name, w.status)
	}
}
