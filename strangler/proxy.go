package strangler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
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
		Rewrite: b.rewrite, ModifyResponse: b.modify, ErrorHandler: noteFailure, Transport: s.transport, BufferPool: &buffers{},
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
	x := &exchange{c: c, w: w, in: r, cookies: http.Header{}}
	if err := b.prepare(x); err != nil {
		return err
	}
	defer x.rescue(&err)
	b.proxy.ServeHTTP(w, x.in.WithContext(context.WithValue(x.in.Context(), exchangeKey{}, x)))
	return x.err
}

// prepare makes what is sent ready.
func (b *Backend) prepare(x *exchange) error {
	again, err := x.c.RewindBody()
	if err != nil {
		return errBodyGone(err)
	}
	if !again && x.in.ContentLength != 0 {
		x.c.Limit(dewar.Limits{Body: b.maxBody})
	}
	if body := x.c.Request.Body; body != nil && body != http.NoBody { // with that limit
		x.in.Body = &upload{ReadCloser: body, failed: &x.upload}
	}
	if lines := x.in.Header["Cookie"]; len(lines) > 0 {
		x.cookies["Cookie"] = lines
	}
	if header := x.w.Header(); len(header) > 0 {
		x.hooked = header.Clone()
	}
	return dewar.HandOverSession(x.c, x.cookies)
}

// An exchange is one request to Python.
type exchange struct {
	c       *dewar.Context
	w       http.ResponseWriter
	in      *http.Request
	cookies http.Header // what Python gets for Cookie
	hooked  http.Header // what hooks have set for the answer
	upload  atomic.Pointer[error]
	err     error // why there is no answer
}

// An upload is the body of a request, which remembers what reading it has failed with.
type upload struct {
	io.ReadCloser
	failed *atomic.Pointer[error]
}

// Read reads what the client sends.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		u.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange {
	x, _ := r.Context().Value(exchangeKey{}).(*exchange)
	return x
}

// modify takes over the header of an answer.
func (b *Backend) modify(res *http.Response) error {
	x := exchangeOf(res.Request)
	if err := badAnswer(res); err != nil {
		return err
	}
	header := x.w.Header()
	if len(x.hooked) > len(header) { // net/http's proxy clears it behind a 1xx
		maps.Copy(header, x.hooked)
	}
	for key := range res.Header {
		if !adds(key) {
			delete(header, key)
		}
	}
	dewar.TakeBackSession(x.c, res.Header)
	return nil
}

// adds reports whether a header of Python stands beside one that the App has set, and does not replace it.
func adds(key string) bool {
	switch key {
	case "Set-Cookie", "Vary", "Link", "Server-Timing":
		return true
	}
	return false
}

// rescue makes a 502 of an answer that broke off before any of it was sent.
func (x *exchange) rescue(err *error) {
	value := recover()
	switch {
	case value == nil:
	case value != http.ErrAbortHandler || x.c.Response.Committed() || x.in.Context().Err() != nil:
		panic(value)
	default:
		x.c.Response.Reset()
		*err = badGateway(io.ErrUnexpectedEOF)
	}
}

// buffers are for the bodies of answers.
type buffers struct{ pool sync.Pool }

// Get returns a buffer.
func (b *buffers) Get() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return *p
	}
	return make([]byte, 32<<10)
}

// Put takes a buffer back.
func (b *buffers) Put(p []byte) { b.pool.Put(&p) }
