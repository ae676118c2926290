package strangler

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/dewar-go/dewar"
)

var errOutside = errors.New("strangler: the proxy was called outside of an App; give it to app.Fallback or app.Handle")

// errNoPath answers who asks for a tunnel, or for the server as a whole.
var errNoPath = &dewar.HTTPError{Code: http.StatusNotImplemented, Err: errors.New("strangler: CONNECT, and OPTIONS *, ask for nothing that Python has")}

// noteFailure is the ErrorHandler of the reverse proxy.
func noteFailure(_ http.ResponseWriter, r *http.Request, err error) {
	x := exchangeOf(r)
	if x.err != nil {
		return
	}
	if failed := x.upload.Load(); failed != nil { // the client's fault, which the App knows
		x.err = *failed
		return
	}
	x.err = failure(r.Context(), err)
}

// failure returns the error for one that asking Python has ended with.
func failure(ctx context.Context, err error) error {
	var known *dewar.HTTPError
	var large *http.MaxBytesError
	var dial *dialError
	var opErr *net.OpError
	switch {
	case errors.As(err, &known), errors.As(err, &large), ctx.Err() != nil:
		return err // the App knows what to say of a body that is too large, a client that has gone, and its own time limit
	case errors.As(err, &dial), errors.As(err, &opErr) && opErr.Op == "dial":
		return &dewar.HTTPError{Code: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"2"}},
			Err: fmt.Errorf("strangler: the application behind the proxy takes no connection; start it, or correct the address: %w", err)}
	case isHeaderTimeout(err):
		return &dewar.HTTPError{Code: http.StatusGatewayTimeout,
			Err: fmt.Errorf("strangler: the application behind the proxy took too long to answer; see HeaderTimeout: %w", err)}
	}
	return badGateway(err)
}

// isHeaderTimeout reports whether net/http has waited in vain. A read of the client's body may time out as well, which the
// App knows.
func isHeaderTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout() && strings.Contains(err.Error(), "awaiting response headers")
}

func badGateway(err error) error {
	return &dewar.HTTPError{Code: http.StatusBadGateway,
		Err: fmt.Errorf("strangler: the application behind the proxy gave no whole answer: %w", err)}
}

// errBodyGone tells of a hook that has left nothing for Python to read.
func errBodyGone(err error) error {
	return &dewar.HTTPError{Code: http.StatusInternalServerError, Err: fmt.Errorf("strangler: a hook has read the body before the proxy, and more of it than is kept; "+
		"let it leave requests of the fallback alone: %s", err)} // not wrapped: the client is not at fault
}

// badAnswer returns what is wrong with a header that HTTP cannot send on.
func badAnswer(res *http.Response) error {
	if code := res.StatusCode; code < 200 && code != http.StatusSwitchingProtocols || code > 999 {
		return badGateway(fmt.Errorf("its status is %d", code))
	}
	for key, values := range res.Header {
		for _, value := range values {
			if hasControl(value) {
				return badGateway(fmt.Errorf("its header %q has a control character", key))
			}
		}
	}
	return nil
}

func hasControl(text string) bool {
	for i := range len(text) {
		if b := text[i]; b < ' ' && b != '\t' || b == 0x7f {
			return true
		}
	}
	return false
}
