package dev

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A costume is a listener whose connections come from an address of its own.
type costume struct {
	net.Listener
	peer atomic.Pointer[string]
}

func (l *costume) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if peer := l.peer.Load(); err == nil && peer != nil {
		return dressed{conn, spelled(*peer)}, nil
	}
	return conn, err
}

type dressed struct {
	net.Conn
	peer spelled
}

func (c dressed) RemoteAddr() net.Addr { return c.peer }

type spelled string

func (a spelled) Network() string { return "tcp" }
func (a spelled) String() string  { return string(a) }

// TestPageOfABrokenBuildIsForThisMachineAlone asks a page that shows source in all the ways in which one must not see it.
func TestPageOfABrokenBuildIsForThisMachineAlone(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &costume{Listener: inner}
	var again atomic.Int32
	p, err := servePage(l, &trouble{Title: "it does not build", Cure: "mend main.go", Output: "the source"}, func() { again.Add(1) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	ask := func(line, header string) string {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = fmt.Fprintf(conn, "%s\r\n%sConnection: close\r\n\r\n", line, header)
		answer, _ := io.ReadAll(conn)
		return string(answer)
	}
	const host, get = "Host: localhost:5000\r\n", "GET / HTTP/1.1"
	asks := []struct{ line, header string }{{get, "Accept: text/html\r\n"}, {"GET /any?x=1 HTTP/1.1", "Accept: text/plain\r\n"}, {"POST /_dewar/again HTTP/1.1", "Content-Length: 0\r\n"}}
	for _, a := range asks {
		if answer := ask(a.line, host+a.header); !strings.Contains(answer, "does not build") && !strings.Contains(answer, "Location: /") {
			t.Fatalf("%s from this machine: got %s", a.line, answer)
		}
	}
	if again.Load() != 1 {
		t.Fatalf("the program was started again %d times, want 1", again.Load())
	}
	tries := 0
	refused := func(peer, line, header string) {
		l.peer.Store(&peer)
		for _, a := range asks {
			tries++
			target := strings.Fields(a.line)[1]
			answer := ask(strings.NewReplacer("METHOD", strings.Fields(a.line)[0], "TARGET", target).Replace(line), header+a.header)
			if strings.Contains(answer, "does not build") || strings.Contains(answer, "source") || again.Load() != 1 {
				t.Errorf("from %s, %s with %q: got %s", peer, line, header, answer)
			}
		}
	}
	const here, line = "127.0.0.1:40000", "METHOD TARGET HTTP/1.1"
	for _, peer := range []string{"10.0.0.1:1", "192.168.1.20:1", "203.0.113.9:1", "[2001:db8::1]:1", "[fe80::1%eth0]:1", "0.0.0.0:1", "@", "", "localhost:1"} {
		refused(peer, line, host)
	}
	for _, name := range []string{"", "evil.example", "localhost.", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "user@localhost", "localhost@evil.example", "localhost:", "LOCALHOST",
		"app.localhost", "127.0.0.1.nip.io", "0.0.0.0", "[::]", "localhost:80:80", "xn--localhost-", "host.docker.internal"} {
		refused(here, line, "Host: "+name+"\r\n")
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "x-forwarded-host", "X_Forwarded_For", "X-Real-IP", "Via", "CF-Connecting-IP", "True-Client-IP"} {
		refused(here, line, host+name+": \r\n")
		refused(here, line, host+name+": 127.0.0.1\r\n")
	}
	for _, origin := range []string{"null", "https://evil.example", "http://localhost.evil.example", ""} {
		refused(here, line, host+"Origin: "+origin+"\r\n")
	}
	for _, mode := range []string{"no-cors", "cors", "websocket", ""} {
		refused(here, line, host+"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: "+mode+"\r\n")
	}
	for _, line := range []string{"METHOD TARGET HTTP/1.0", "METHOD http://localhostTARGET HTTP/1.1", "METHOD http://evil.exampleTARGET HTTP/1.1", "METHOD TARGET HTTP/2.0"} {
		refused(here, line, host)
		refused(here, line, "")
		refused(here, line, host+"Host: evil.example\r\n")
	}
	if t.Logf("%d tries", tries); tries < 150 {
		t.Errorf("only %d tries", tries)
	}
}
