package dewar

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/headers"
	"github.com/dewar-go/dewar/internal/respbuf"
)

// Response is the [http.ResponseWriter] of a request. What is written is kept until the request ends, so
// that hooks and the session act after the view has written its body and an error leaves nothing of a
// half-finished page behind. A response that grows past RESPONSE_BUFFER_SIZE, is flushed or hijacked is
// committed then: the after-request hooks run and the session is saved before the first header leaves.
//
// 1xx responses other than 101 pass through without committing. A Response belongs to the goroutine of its request.
//
// # As net/http's own
//
// A net/http handler finds the errors and states that it finds without an App. These differ, because the answer is held
// back:
//
//   - Write gives no error for a client that has gone, and Header may still change, until the commit. A body that is
//     complete by then has a Content-Length.
//   - A Content-Length that contradicts the body is a 500 and a line in the log, in place of [http.ErrContentLength] and a
//     connection that breaks off. Once the header has left it is net/http's error.
//   - A panic goes to the error handlers and to App.Logger; [http.Server.ErrorLog] stays silent.
//   - Once the header has left, the WriteTimeout of the [http.Server] counts for each part that is sent, under any
//     server: a stream or a download may take any time as long as the client takes what is sent. Silence between the
//     parts does not count, over HTTP/2 too. A deadline that the view sets itself, by SetWriteDeadline of the Response or
//     of an [http.ResponseController], is not touched; one that middleware around the App sets is renewed.
//
// A Response has Flush, Hijack, ReadFrom and Push whatever the server below has: FlushError, Hijack and Push return an
// error that is [http.ErrNotSupported] where it cannot. It is no [http.CloseNotifier], which is deprecated; use
// [Context.Done]. A type assertion on c.Response tells nothing therefore, but one on c.Response.Unwrap() does.
type Response struct {
	c           *Context
	w           http.ResponseWriter
	buf         *respbuf.Buffer // the body
	text        [1]string       // the body while it is a single string, with nothing in buf; send lends its place to a header
	contentType [1]string       // backs that header without an allocation
	status      uint16

	started  bool // there is an answer: WriteHeader, Write or an answering method ran
	method   bool // by an answering method
	replaced bool // by the answer to an error, while the view still writes: that is lost
	exposed  bool // the view has the header in its hands
	touched  bool // the header may hold more than the answering methods put there
	restated bool // the status was set again after the answer
}

// bodyless reports whether a response with this status has no body.
func bodyless(status int) bool {
	return status < 200 || status == http.StatusNoContent || status == http.StatusNotModified
}

// begin makes r the response of c. What is in the header by now is kept whatever happens.
func (r *Response) begin(c *Context, w http.ResponseWriter) {
	r.c, r.w = c, w
	if header := w.Header(); len(header) > 0 {
		r.touched = true
		c.rare().owned.kept = header.Clone()
	}
}

// shown returns what r prints as: the status so far.
func (r *Response) shown() string { return strconv.Itoa(r.StatusCode()) }

// Format prints the status, for every verb: headers and body may hold secrets.
func (r *Response) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "Response(%s)", r.shown()) }

// String returns what Format prints, for templates, which look for it.
func (r *Response) String() string { return fmt.Sprint(r) }

// LogValue returns the status.
func (r *Response) LogValue() slog.Value { return slog.StringValue(r.shown()) }

// MarshalJSON returns the status.
func (r *Response) MarshalJSON() ([]byte, error) { return json.Marshal(r.shown()) }

// setStatus chooses the status of the answer.
func (r *Response) setStatus(code int) {
	if r.open() {
		r.status = uint16(code)
	}
}

// restate chooses the status of the answer to come, or of the one that stands.
func (r *Response) restate(code int) {
	r.setStatus(code)
	r.restated = r.started && r.open()
}

// setErrorStatus chooses the status for the answer to an error, which a second answer to it has too.
func (r *Response) setErrorStatus(code int) {
	r.status, r.c.rare().status = uint16(code), uint16(code)
}

// said reports whether the answer to come has a status already.
func (r *Response) said() bool { return r.status != 0 && (!r.started || r.restated) }

// autoLength is the size up to which net/http sets Content-Length by itself.
const autoLength = 2048

var errResponseClosed = errors.New("dewar: the request has ended; nothing can be written to its response any more")

// Header returns the header that will be sent. Changes after the commit have no effect, except for trailers.
func (r *Response) Header() http.Header {
	r.exposed = true
	return r.header()
}

// header is Header for dewar itself, which keeps no hold of it.
func (r *Response) header() http.Header {
	if r.replaced {
		return http.Header{}
	}
	r.touched = true
	if r.started && r.c.phase < sent {
		r.keepAnswered()
	}
	return r.w.Header()
}

// addCookie adds a Set-Cookie line, once. It goes with the answer to come, also if an earlier one had it.
func (r *Response) addCookie(line string) {
	header := r.header()
	if x := r.c.lazy.Load(); x != nil && x.owned.answered != nil {
		x.owned.answered["Set-Cookie"] = headers.Without(x.owned.answered["Set-Cookie"], []string{line}, nil)
	}
	if !slices.Contains(header["Set-Cookie"], line) {
		header.Add("Set-Cookie", line)
	}
}

// StatusCode returns the status that was or will be sent: 200 unless one was set.
func (r *Response) StatusCode() int {
	return cmp.Or(int(r.status), http.StatusOK)
}

// Started reports whether the response has an answer: a status was written, a body, or an answering method
// of the Context ran.
func (r *Response) Started() bool { return r.started }

// Committed reports whether the header has been sent, so that nothing of it can change any more.
func (r *Response) Committed() bool { return r.c.phase >= sent }

// open reports whether the response can still be changed and is that of the view.
func (r *Response) open() bool { return r.c.phase < sent && !r.replaced }

// Unwrap returns the writer that the server or the innermost middleware passed in, for
// [http.ResponseController]. What is written to it directly bypasses the hooks and the session.
func (r *Response) Unwrap() http.ResponseWriter {
	r.touched = true
	return r.w
}

// Body returns a copy of the body as far as it is held: everything before the commit, nothing after it.
func (r *Response) Body() []byte {
	if r.Committed() {
		return nil
	}
	if r.text[0] != "" {
		return []byte(r.text[0])
	}
	return slices.Clone(r.held())
}

// held returns the body as far as it is held, unless it is a single string.
func (r *Response) held() []byte {
	if r.buf == nil {
		return nil
	}
	return r.buf.Bytes()
}

// SetBody replaces the body. After the commit it does nothing and returns an error.
func (r *Response) SetBody(body []byte) error {
	switch {
	case r.replaced:
		return r.closedError()
	case r.Committed():
		return r.lateError("the body cannot be replaced")
	}
	r.dropBody()
	delete(r.w.Header(), "Content-Length")
	_, err := r.write(body)
	return err
}

// Reset forgets status, body and the headers of the view and its answers. Those that outer middleware and
// before-request hooks had set are kept, and flashed messages that were taken for the body are flashed again. After the
// commit it does nothing.
func (r *Response) Reset() {
	if !r.open() {
		return
	}
	r.dropBody()
	r.status, r.started, r.method, r.restated, r.exposed = 0, false, false, false, false
	r.c.whole = false
	r.contentType[0] = ""
	header := r.w.Header()
	clear(header)
	if x := r.c.lazy.Load(); x != nil {
		maps.Copy(header, x.owned.kept.Clone())
		x.owned.answered, x.owned.failed, x.status, x.owned.hooked, x.relayed = nil, nil, 0, false, 0
		r.c.returnFlashes()
	}
}

// answer makes room for an answer. A second one drops status and body of the first and the headers that were set
// until the first was given; those set since then go with the second.
func (r *Response) answer() {
	if r.started {
		r.dropAnswer()
	}
	r.started, r.method, r.c.whole = true, true, false
}

// byHand makes room for what is written without an answering method: it is the answer, adds to one, or is another one.
func (r *Response) byHand() {
	if r.c.whole {
		r.startOver()
	}
	if r.started {
		return
	}
	r.started = true
	if r.c.notes() && !r.method {
		r.c.rare().answerSite = callsite.Application()
	}
}

// startOver drops an answer that what is written next must not be added to. What hooks write is always added.
func (r *Response) startOver() {
	r.c.whole = false
	if !r.started || r.c.phase != handling {
		return
	}
	if r.c.notes() {
		r.c.noteAnswer()
	}
	r.dropAnswer()
	r.started, r.method = false, false
}

// empty reports whether there is neither an answer yet nor a request for its header alone.
func (r *Response) empty() bool {
	return !r.started && r.open() && !r.isHead() && !bodyless(r.StatusCode()) && r.length() == 0
}

// claim makes an empty answer of no answer.
func (r *Response) claim() { r.started = true }

// answerHeader returns the header for an answering method that sets more than its type.
func (r *Response) answerHeader() http.Header {
	r.touched = true
	return r.w.Header()
}

// serveContent has net/http answer, which picks the status by what the request asks for.
func (r *Response) serveContent(request *http.Request, modified time.Time, content io.ReadSeeker) {
	exposed := r.exposed
	r.started = false
	http.ServeContent(r, request, "", modified, content)
	r.exposed = exposed // net/http has let go of the header
}

// answered is called by an answering method when its answer stands.
func (r *Response) answered() {
	if r.exposed && r.c.phase < sent {
		r.keepAnswered()
	}
}

func (r *Response) dropBody() {
	if r.buf != nil {
		r.buf.Reset()
	}
	r.text[0] = ""
	if x := r.c.lazy.Load(); x != nil {
		x.beyond = 0
	}
}

// WriteHeader sets the status, as [http.ResponseWriter] does. A status of 1xx other than 101 is sent at once and is not
// the answer. Once there is an answer, or the connection was taken over, it has no effect, whatever the code. Before
// that it panics if code is not an HTTP status.
func (r *Response) WriteHeader(code int) {
	if !r.open() || r.started && !r.c.whole {
		return
	}
	if code < 100 || code > 999 {
		panic(fmt.Sprintf("dewar: invalid status code %d", code))
	}
	if code < 200 && code != http.StatusSwitchingProtocols {
		if _, fault := headers.FirstFault(r.w.Header()); fault == "" { // else the answer says so
			r.w.WriteHeader(code)
		}
		return
	}
	r.byHand()
	r.status = uint16(code)
}

// Write adds to the body. With a status that has none, such as 204 and 304, it returns [http.ErrBodyNotAllowed]; to HEAD
// it only counts. It also returns an error when the response was replaced because the session could not be saved or a
// hook failed, when the connection was taken over, and when the request has ended. Before the commit no error tells that
// the client has gone; see [Context.Done].
func (r *Response) Write(p []byte) (int, error) {
	if r.c.whole && r.open() {
		r.startOver()
	}
	if len(p) > 0 && bodyless(r.StatusCode()) {
		return 0, r.refuseBody()
	}
	return r.write(p)
}

// refuseBody is what comes of a body for a status that has none.
func (r *Response) refuseBody() error {
	if err := r.closedError(); err != nil {
		return err
	}
	r.started = true
	return http.ErrBodyNotAllowed
}

// write is Write for answering methods, whose body is dropped when the status has none.
func (r *Response) write(p []byte) (int, error) {
	if !r.open() {
		return r.writeThrough(p)
	}
	r.byHand()
	if r.isHead() || bodyless(r.StatusCode()) {
		return r.count(p)
	}
	if !r.fits(int64(len(p))) {
		if err := r.commitEarly(); err != nil {
			return 0, err
		}
		return r.sendOn(p)
	}
	return r.buffer().Write(p)
}

// count keeps the length of a body that is not sent, and of its bytes what fits: hooks look at them, and so does who
// guesses their type.
func (r *Response) count(p []byte) (int, error) {
	fitting := p
	if room := r.bound() - r.length(); !r.fits(int64(len(p))) {
		fitting = p[:max(0, room)]
		r.c.rare().beyond += int64(len(p) - len(fitting))
	}
	_, _ = r.buffer().Write(fitting) // it never fails
	return len(p), nil
}

// WriteString adds to the body without copying s first. See [Response.Write].
func (r *Response) WriteString(s string) (int, error) {
	if r.c.whole && r.open() {
		r.startOver()
	}
	if s != "" && bodyless(r.StatusCode()) {
		return 0, r.refuseBody()
	}
	return r.writeString(s)
}

// writeString is write for text.
func (r *Response) writeString(s string) (int, error) {
	if !r.open() || r.isHead() || bodyless(r.StatusCode()) || !r.fits(int64(len(s))) {
		return r.write([]byte(s))
	}
	r.byHand()
	if r.length() == 0 {
		r.text[0] = s
	} else {
		_, _ = r.buffer().WriteString(s) // it never fails
	}
	return len(s), nil
}

func (r *Response) writeThrough(p []byte) (int, error) {
	if err := r.closedError(); err != nil {
		return 0, err
	}
	return r.sendOn(p)
}

// closedError says why nothing can be written any more, or nil.
func (r *Response) closedError() error {
	switch {
	case r.replaced:
		return r.c.rare().finalErr
	case r.c.phase == over:
		return errResponseClosed
	case r.c.phase < sent:
		return nil
	}
	if x := r.c.lazy.Load(); x != nil && x.hijacked {
		return http.ErrHijacked
	}
	return nil
}

// ReadFrom adds everything that src yields to the body. Past the bound, or when Content-Length says that there is more
// than the bound, it hands over to the server's own ReadFrom, so that a file is sent by the operating system.
func (r *Response) ReadFrom(src io.Reader) (int64, error) {
	if !r.open() {
		if err := r.closedError(); err != nil {
			return 0, err
		}
		return r.copyOn(src)
	}
	if r.isHead() || bodyless(r.StatusCode()) || r.c.inHooks() {
		return io.Copy(writerOnly{r}, src)
	}
	r.byHand()
	if r.declaredLength() > r.bound() {
		if err := r.commitEarly(); err != nil {
			return 0, err
		}
		return r.copyOn(src)
	}
	n, err := io.Copy(r.buffer(), io.LimitReader(src, r.bound()-r.length()))
	if err != nil || r.length() < r.bound() {
		return n, err
	}
	return r.readOn(src, n)
}

// readOn continues ReadFrom when the buffer is full: it looks for one more byte before it commits.
func (r *Response) readOn(src io.Reader, n int64) (int64, error) {
	var one [1]byte
	if _, err := io.ReadFull(src, one[:]); err != nil {
		if err == io.EOF {
			return n, nil
		}
		return n, err
	}
	if err := r.commitEarly(); err != nil {
		return n, err
	}
	if _, err := r.sendOn(one[:]); err != nil {
		return n, err
	}
	m, err := r.copyOn(src)
	return n + 1 + m, err
}

// writerOnly hides ReadFrom from io.Copy.
type writerOnly struct{ io.Writer }

// Flush sends what has been written so far, as [http.Flusher] does. The first call commits the response.
func (r *Response) Flush() { _ = r.FlushError() }

// FlushError is [Response.Flush] with the error: one that is [http.ErrNotSupported] when the server cannot flush, the
// reason why the response could not be committed, or why the client cannot be written to.
func (r *Response) FlushError() error {
	if err := r.closedError(); err != nil {
		return err
	}
	if r.c.inHooks() {
		return nil
	}
	if r.c.phase < sent {
		r.started = true
		r.c.rare().early = true
		if err := r.commitEarly(); err != nil {
			return err
		}
	}
	return r.flushOn()
}

func (r *Response) isHead() bool { return r.c.Request.Method == http.MethodHead }

// bound returns how much of the body is held back.
func (r *Response) bound() int64 {
	if x := r.c.lazy.Load(); x != nil && x.relayed > 0 {
		return min(x.relayed, r.c.settings.responseBuffer)
	}
	return r.c.settings.responseBuffer
}

func (r *Response) fits(n int64) bool { return r.length()+n <= r.bound() || r.c.inHooks() }

// length returns how many bytes of the body have been written before the commit. To HEAD they are counted beyond the bound too.
func (r *Response) length() int64 {
	n := int64(len(r.text[0]))
	if r.buf != nil {
		n += int64(r.buf.Len())
	}
	if x := r.c.lazy.Load(); x != nil {
		n += x.beyond
	}
	return n
}

func (r *Response) buffer() *respbuf.Buffer {
	if r.buf == nil {
		r.buf = respbuf.Get()
		r.makeRoom()
	}
	if text := r.takeText(); text != "" {
		_, _ = r.buf.WriteString(text) // it never fails
	}
	return r.buf
}

// takeText returns the body if it is a single string, which is nowhere else then.
func (r *Response) takeText() string {
	text := r.text[0]
	r.text[0] = ""
	return text
}

// mostRoom is how large a buffer is made for a Content-Length, which may be wrong, before anything is written.
const mostRoom = 16 << 20

// makeRoom makes the new buffer as large as Content-Length says, so that it need not grow piece by piece. What says that it is
// larger than what is held back gets no room before it is there.
func (r *Response) makeRoom() {
	if !r.touched || r.isHead() {
		return
	}
	if n := r.declaredLength(); n > 0 && n <= min(r.bound(), mostRoom) {
		r.buf.Grow(int(n) + bytes.MinRead) // that much it wants to have left when it looks for the end of what it reads
	}
}

func (r *Response) declaredLength() int64 {
	n, err := strconv.ParseInt(r.w.Header().Get("Content-Length"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (r *Response) lateError(what string) error {
	if r.c.phase == over {
		return errResponseClosed
	}
	return fmt.Errorf("dewar: the header has been sent, %s any more", what)
}

// release gives the buffer back; nothing a handler can keep refers to it.
func (r *Response) release() {
	if r.buf != nil {
		respbuf.Put(r.buf)
		r.buf = nil
	}
}
