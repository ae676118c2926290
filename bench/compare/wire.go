package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// patience is how long a client waits for an answer.
const patience = 10 * time.Second

// A client asks over one connection, which is kept. It is made to cost far less than any server: it writes a request that was
// made before and reads just as much of the answer as must be read.
type client struct {
	conn  net.Conn
	in    *bufio.Reader
	texts [][]byte // the requests, in turn
	turn  int
}

// dial opens a connection for the asks of w. A visitor has the cookie that another request, to /set, was given.
func dial(w work, address string) (*client, error) {
	cookie, err := visit(w, address)
	if err != nil {
		return nil, err
	}
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return nil, err
	}
	c := &client{conn: conn, in: bufio.NewReaderSize(conn, 16<<10)}
	for _, a := range w.asks {
		c.texts = append(c.texts, fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", a.method, a.path, cookie))
	}
	if err := c.check(w); err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

// visit returns the header Cookie of a new visitor.
func visit(w work, address string) (string, error) {
	if !w.visitor {
		return "", nil
	}
	res, err := http.Get("http://" + address + "/set")
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	cookies := res.Cookies()
	if len(cookies) != 1 {
		return "", fmt.Errorf("/set has set %d cookies, with status %d", len(cookies), res.StatusCode)
	}
	return "Cookie: " + cookies[0].Name + "=" + cookies[0].Value + "\r\n", nil
}

// check asks everything once and looks at the answers.
func (c *client) check(w work) error {
	for i, a := range w.asks {
		if err := c.send(i); err != nil {
			return err
		}
		res, err := http.ReadResponse(c.in, nil)
		if err != nil {
			return fmt.Errorf("%s %s: %w", a.method, a.path, err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return fmt.Errorf("%s %s: %w", a.method, a.path, err)
		}
		if res.Close {
			return fmt.Errorf("%s %s: the connection is not kept", a.method, a.path)
		}
		contentType := res.Header.Get("Content-Type")
		got := answer{res.StatusCode, media(contentType), trimmed(string(body), contentType), len(res.Cookies()) > 0}
		if err := a.want.differs(got); err != nil {
			return fmt.Errorf("%s %s: %w", a.method, a.path, err)
		}
	}
	return nil
}

func (c *client) send(i int) error {
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := c.conn.Write(c.texts[i])
	return err
}

// ask sends the next request and reads its answer to the end. Anything but 200 is an error.
func (c *client) ask() error {
	if err := c.send(c.turn % len(c.texts)); err != nil {
		return err
	}
	c.turn++
	length, err := c.head()
	if err != nil {
		return err
	}
	if length >= 0 {
		_, err := c.in.Discard(length)
		return err
	}
	return c.chunks()
}

// head reads the status and the header and returns the length of the body, -1 for one that comes in chunks.
func (c *client) head() (length int, err error) {
	line, err := c.line()
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
		return 0, fmt.Errorf("answered %q", line)
	}
	for {
		line, err := c.line()
		if err != nil || len(line) == 0 {
			return length, err
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case len(name) == len("Content-Length") && strings.EqualFold(string(name), "Content-Length"):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		case len(name) == len("Transfer-Encoding") && strings.EqualFold(string(name), "Transfer-Encoding"):
			length = -1
		}
	}
}

// chunks reads a body that comes in pieces, without trailers.
func (c *client) chunks() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(line), 16, 31)
		if err != nil {
			return err
		}
		if _, err := c.in.Discard(int(size) + len("\r\n")); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}

// line reads one without its end.
func (c *client) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}
