package strangler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// A Backend is the application that answers what the App does not: the handler that [Proxy] returns. It is safe for
// concurrent use.
type Backend struct {
	target  *url.URL
	proxy   *httputil.ReverseProxy
	maxBody int64
	dial    dialer
}

var _ dewar.FallibleHandler = (*Backend)(nil)

// An Option changes how a [Backend] is asked.
type Option func(*settings)

type settings struct {
	dial      dialer
	header    time.Duration
	idle      time.Duration
	maxBody   int64
	transport http.RoundTripper
}

// DialTimeout sets how long a connection to Python may take. The default is 5 seconds.
func DialTimeout(d time.Duration) Option { return func(s *settings) { s.dial.timeout = d } }

// RetryDial tries a connection that is refused again for as long as d, so that visitors wait while Python restarts. The
// default is 0: they get a 503 at once. Nothing of a request has been sent by then.
func RetryDial(d time.Duration) Option { return func(s *settings) { s.dial.retry = d } }

// HeaderTimeout sets how long Python may take to begin its answer once it has the whole request; longer is a 504. The
// default is one minute; 0 means no limit. What comes after the header may take any time.
func HeaderTimeout(d time.Duration) Option { return func(s *settings) { s.header = d } }

// IdleTimeout sets how long a connection that nobody uses is kept for the next request. The default is one second, less
// than the two after which gunicorn closes it: a request that cannot be repeated must not meet that. A server
// that keeps them longer allows a longer time.
func IdleTimeout(d time.Duration) Option { return func(s *settings) { s.idle = d } }

// MaxBody sets the most bytes that the body of a request may have; more is a 413. The default is 0: Python's own limit
// counts, and the App's MAX_CONTENT_LENGTH does not.
func MaxBody(n int64) Option { return func(s *settings) { s.maxBody = n } }

// Transport has Python be asked through rt, for example over a Unix socket or with TLS of your own. The timeouts
// are its own then; PingContext sends HEAD / through it.
func Transport(rt http.RoundTripper) Option { return func(s *settings) { s.transport = rt } }

// Proxy returns the handler that asks the application at target, such as "http://127.0.0.1:5001", for [dewar.App.Fallback]
// or, for one route, [dewar.App.Handle]. A path of target is put in front of those of requests. It panics on a target
// that is no such URL. Used outside of an App it answers 500.
func Proxy(target string, opts ...Option) *Backend {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		panic(`strangler: Proxy: the target must be a URL such as "http://127.0.0.1:5001", without user, query and fragment`)
	}
	s := settings{dial: dialer{timeout: 5 * time.Second}, header: time.Minute, idle: time.Second}
	for _, opt := range opts {
		opt(&s)
	}
	b := &Backend{target: u, maxBody: s.maxBody}
	if s.maxBody <= 0 {
		b.maxBody = -1 // for Context.Limit
	}
	if s.transport == nil {
		b.dial = s.dial
		s.transport = s.newTransport()
	}
	b.proxy = &httputil.ReverseProxy{
		Rewrite: b.rewrite, ModifyResponse: takeOver, ErrorHandler: noteFailure, Transport: asker{s.transport}, BufferPool: &buffers{},
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // errors are returned, or end the request
	}
	return b
}

func (s *settings) newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           s.dial.DialContext,
		TLSHandshakeTimeout:   s.dial.timeout,
		ResponseHeaderTimeout: s.header,
		IdleConnTimeout:       s.idle,
		ExpectContinueTimeout: time.Second,
		MaxIdleConnsPerHost:   256,
		DisableCompression:    true, // what Python has compressed is the client's
	}
}

// Format prints where Python is, and nothing else.
func (b *Backend) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "Backend(%s)", b.target) }

// String returns what Format prints, for templates, which look for it.
func (b *Backend) String() string { return fmt.Sprint(b) }

// LogValue returns what Format prints.
func (b *Backend) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(b)) }

// PingContext returns an error if Python takes no connection: for [dewar.Ready], as app.Get("/readyz",
// dewar.Ready(python.PingContext)). A [Transport] is asked for / instead, where any answer below 500 counts.
func (b *Backend) PingContext(ctx context.Context) error {
	if b.dial.timeout == 0 {
		return b.head(ctx)
	}
	once := dialer{timeout: b.dial.timeout}
	conn, err := once.DialContext(ctx, "tcp", address(b.target))
	if err != nil {
		return fmt.Errorf("strangler: %w", err)
	}
	return conn.Close()
}

func (b *Backend) head(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, b.target.String(), nil)
	if err != nil {
		return fmt.Errorf("strangler: %w", err)
	}
	res, err := b.proxy.Transport.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("strangler: %w", err)
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("strangler: %s answers %s", b.target.Host, res.Status)
	}
	return nil
}

// address returns the host and port of u.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Relays returns true: a route of an App that has the Backend for its handler is Python's, see [dewar.Route].
func (b *Backend) Relays() bool { return true }

// ServeHTTP is for middleware around the Backend, which hides ServeError from the App: an error is logged, and answered with
// its status as plain text. Outside of an App, which has what Python must be told, that is a 500.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := b.ServeError(w, r)
	if err == nil {
		return
	}
	if c := dewar.FromContext(r.Context()); c != nil {
		c.Logger().Error("the application behind the proxy has not answered", "err", err)
	}
	code := http.StatusInternalServerError
	if known, ok := errors.AsType[*dewar.HTTPError](err); ok {
		code = known.Code
		maps.Copy(w.Header(), known.Header)
	}
	http.Error(w, http.StatusText(code), code)
}

// ServeError has Python answer. An error means that it has not: see the package's chapter on what goes wrong.
func (b *Backend) ServeError(w http.ResponseWriter, r *http.Request) (err error) {
	c := dewar.FromContext(r.Context())
	if c == nil {
		return errOutside
	}
	if r.Method == http.MethodConnect || !strings.HasPrefix(r.URL.Path, "/") {
		return errNoPath
	}
	x := &exchange{c: c, w: w}
	x.scope = scope{r.Context(), x}
	in := r.WithContext(&x.scope)
	if err := b.prepare(x, in); err != nil {
		return err
	}
	defer x.rescue(&err)
	b.proxy.ServeHTTP(x, in)
	return x.err
}

// prepare has the body be sent from its beginning, within the limit.
func (b *Backend) prepare(x *exchange, in *http.Request) error {
	again, err := x.c.RewindBody()
	if err != nil {
		return errBodyGone(err)
	}
	if !again && in.ContentLength != 0 {
		x.c.Limit(dewar.Limits{Body: b.maxBody})
	}
	if body := x.c.Request.Body; body != nil && body != http.NoBody { // with that limit
		in.Body = &upload{ReadCloser: body, failed: &x.upload}
	}
	return nil
}

// An asker asks Python, unless it became known meanwhile that it must not.
type asker struct{ http.RoundTripper }

// RoundTrip sends r.
func (a asker) RoundTrip(r *http.Request) (*http.Response, error) {
	if x := exchangeOf(r); x != nil && x.err != nil {
		return nil, x.err
	}
	return a.RoundTripper.RoundTrip(r)
}

// buffers are for the bodies of answers.
type buffers struct{ pool sync.Pool }

const bufferSize = 32 << 10

// Get returns a buffer.
func (b *buffers) Get() []byte {
	if p, ok := b.pool.Get().(*[bufferSize]byte); ok {
		return p[:]
	}
	return make([]byte, bufferSize)
}

// Put takes a buffer back.
func (b *buffers) Put(p []byte) { b.pool.Put((*[bufferSize]byte)(p)) }
