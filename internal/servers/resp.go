package servers

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// ReplyError is the error reply of a Redis server.
type ReplyError string

// Error returns the reply without its leading minus sign.
func (e ReplyError) Error() string { return string(e) }

// redisDial is how the control commands of a test reach a Redis server.
type redisDial struct {
	addr, user, password string
	tls                  *tls.Config
}

// do sends one command on a connection of its own and returns the reply: a string, an int64, nil, or []any of these.
func (d redisDial) do(ctx context.Context, args ...string) (any, error) {
	conn, err := d.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	if d.password != "" {
		auth := []string{"AUTH", d.password}
		if d.user != "" {
			auth = []string{"AUTH", d.user, d.password}
		}
		if _, err := exchange(conn, in, auth); err != nil {
			return nil, err
		}
	}
	return exchange(conn, in, args)
}

func (d redisDial) dial(ctx context.Context) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", d.addr)
	if err != nil {
		return nil, err
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(patience)
	}
	if d.tls != nil {
		conn = tls.Client(conn, d.tls)
	}
	return conn, conn.SetDeadline(deadline)
}

func exchange(conn io.Writer, in *bufio.Reader, args []string) (any, error) {
	request := fmt.Appendf(nil, "*%d\r\n", len(args))
	for _, arg := range args {
		request = fmt.Appendf(request, "$%d\r\n%s\r\n", len(arg), arg)
	}
	if _, err := conn.Write(request); err != nil {
		return nil, err
	}
	return reply(in)
}

// reply reads one reply of RESP2.
func reply(in *bufio.Reader) (any, error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if len(line) < 3 {
		return nil, errors.New("servers: an empty reply")
	}
	kind, rest := line[0], line[1:len(line)-2]
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return nil, ReplyError(rest)
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	switch {
	case err != nil:
		return nil, fmt.Errorf("servers: reply %q: %w", line, err)
	case kind == ':':
		return n, nil
	case n < 0:
		return nil, nil
	case kind == '$':
		text := make([]byte, n+2)
		_, err := io.ReadFull(in, text)
		return string(text[:n]), err
	case kind == '*':
		return replies(in, n)
	}
	return nil, fmt.Errorf("servers: reply %q is not of RESP2", line)
}

func replies(in *bufio.Reader, n int64) (any, error) {
	items := make([]any, n)
	for i := range items {
		item, err := reply(in)
		if refused := ReplyError(""); errors.As(err, &refused) {
			item, err = refused, nil
		}
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return items, nil
}
