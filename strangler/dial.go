package strangler

import (
	"context"
	"net"
	"time"
)

// A dialer connects to Python, and waits for it to come back where it may.
type dialer struct {
	timeout, retry time.Duration
}

// dialPause is between two attempts.
const dialPause = 50 * time.Millisecond

// A dialError is what a failed connection is known by: nothing of the request has been sent.
type dialError struct{ err error }

func (e *dialError) Error() string { return e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

// DialContext connects to an address.
func (d dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	until := time.Now().Add(d.retry)
	for {
		conn, err := (&net.Dialer{Timeout: d.timeout}).DialContext(ctx, network, addr)
		if err == nil {
			return conn, nil
		}
		if time.Until(until) < dialPause || !pause(ctx) {
			return nil, &dialError{err}
		}
	}
}

// pause waits, and reports false when ctx has ended first.
func pause(ctx context.Context) bool {
	t := time.NewTimer(dialPause)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
