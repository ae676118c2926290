package servers_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// wait bounds what should come.
const wait = 10 * time.Second

// caller is a client of echo.
type caller struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func call(t *testing.T, addr string) *caller {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &caller{t, conn, bufio.NewReader(conn)}
}

func (c *caller) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.t.Fatal(err)
	}
}

// read returns what comes within d, up to and with a line feed.
func (c *caller) read(d time.Duration) (string, error) {
	if err := c.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return "", err
	}
	return c.in.ReadString('\n')
}

func (c *caller) wants(line string) {
	c.t.Helper()
	if got, err := c.read(wait); got != line || err != nil {
		c.t.Errorf("got %q and error %v, want %q", got, err, line)
	}
}

func (c *caller) wantsSilence() {
	c.t.Helper()
	if got, err := c.read(50 * time.Millisecond); got != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Errorf("got %q and error %v, want nothing", got, err)
	}
}

func (c *caller) wantsEnd() {
	c.t.Helper()
	got, err := c.read(wait)
	if got != "" || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Errorf("got %q and error %v, want the end of the connection", got, err)
	}
}
