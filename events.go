package dewar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/dewar-go/dewar/internal/sse"
)

// heartbeat is the silence after which an event stream sends a comment, if it does not say another, so that nothing
// between server and client takes the connection for dead.
const heartbeat = 15 * time.Second

// Event is one server-sent event. The zero Event is a message without text.
type Event struct {
	// ID is what the client says in Last-Event-ID when it connects again; "" leaves the last one.
	ID string
	// Event names the kind of the event; "" means message.
	Event string
	// Data is the text of the event; it may have several lines. An event with nothing but ID or Retry is
	// not seen by the page.
	Data string
	// Retry tells the client how long to wait before it connects again; 0 leaves the browser's own time.
	Retry time.Duration
}

// EventStream sends server-sent events to one client; [Context.Events] makes it. Its methods may be used by
// several goroutines until the function given to Events returns.
type EventStream struct {
	c       *Context
	ctx     context.Context
	cancel  context.CancelFunc
	unhook  func() bool
	beating sync.WaitGroup
	silence *time.Timer

	mu     sync.Mutex // guards what follows
	w      io.Writer
	beat   time.Duration // the silence after which a comment is sent
	failed error
}

// Format prints what the [Context] does.
func (e *EventStream) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, e.c) }

// String returns what Format prints, for templates, which look for it.
func (e *EventStream) String() string { return fmt.Sprint(e) }

// LogValue returns what that of the [Context] does.
func (e *EventStream) LogValue() slog.Value { return slog.AnyValue(e.c) }

// Events answers with a stream of server-sent events, which a page reads with EventSource: f sends them
// until it returns. The header is sent, and with it the session saved, before f is called; a comment goes
// out after every 15 seconds of silence, or those of [EventStream.SetHeartbeat].
//
// The stream has to end when the client has gone or the App stops: [EventStream.Context] is done then and
// Send fails, and when f returns their error, or none, Events returns nil. Any other error of f cuts the
// connection and is logged; the browser connects again in both cases. A HEAD request gets the header alone.
func (c *Context) Events(f func(e *EventStream) error) error {
	if !c.response.Committed() && !c.response.canFlush() {
		return notSupported("flushed")
	}
	if err := c.startAnswer(); err != nil {
		return err
	}
	c.setContentType("text/event-stream")
	header := c.Response.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	if err := c.response.FlushError(); err != nil || c.response.isHead() {
		return err
	}
	e := newEventStream(c, flushWriter{c.Response})
	defer e.close()
	if err := f(e); !e.gone(err) {
		return err
	}
	return nil
}

func newEventStream(c *Context, w io.Writer) *EventStream {
	e := &EventStream{c: c, w: w, beat: heartbeat, silence: time.NewTimer(heartbeat)}
	e.ctx, e.cancel = context.WithCancel(c)
	e.unhook = context.AfterFunc(c.App.life.Stopping(), e.cancel)
	e.beating.Go(e.keepAlive)
	return e
}

// close ends the heartbeat and waits for it, so that nothing is written to the response afterwards.
func (e *EventStream) close() {
	e.unhook()
	e.cancel()
	e.silence.Stop()
	e.beating.Wait()
}

// keepAlive sends a comment after each silence.
func (e *EventStream) keepAlive() {
	for {
		select {
		case <-e.ctx.Done():
			return
		case <-e.silence.C:
			_ = e.write(":\n\n") // a failure ends the context
		}
	}
}

// gone reports whether err only says that nobody listens any more.
func (e *EventStream) gone(err error) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ctx.Err() != nil && (errors.Is(err, context.Canceled) || e.failed != nil && errors.Is(err, e.failed))
}

// Context returns a context that ends with the stream: when the client has gone, when the App stops, and
// when the function given to [Context.Events] has returned. It has the values of the request.
func (e *EventStream) Context() context.Context { return e.ctx }

// SetHeartbeat sets the silence after which a comment goes out, in place of 15 seconds: less than the shortest timeout of
// whatever stands between server and client. It counts from now on. It panics if d is not above 0.
func (e *EventStream) SetHeartbeat(d time.Duration) {
	if d <= 0 {
		panic(fmt.Sprintf("dewar: SetHeartbeat(%v): pass a duration above 0, such as 5*time.Second", d))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.beat = d
	if e.ctx.Err() == nil {
		e.silence.Reset(d)
	}
}

// LastEventID returns the ID of the last event that the client saw before it connected again, or "".
func (e *EventStream) LastEventID() string { return e.c.Request.Header.Get("Last-Event-ID") }

// Send sends one event at once. An ID or name with a line break or NUL in it, or a negative Retry, is an
// error and nothing is sent; any other error means that the stream has ended.
func (e *EventStream) Send(ev Event) error {
	text, err := sse.Encode(ev.ID, ev.Event, ev.Data, ev.Retry)
	if err != nil {
		return err
	}
	return e.write(text)
}

// SendData sends a message without a name or ID.
func (e *EventStream) SendData(data string) error { return e.Send(Event{Data: data}) }

// SendJSON sends v as JSON, encoded by the App's JSON provider, in an event of the given name; "" means
// message. A value that cannot be encoded is an error and nothing is sent.
func (e *EventStream) SendJSON(event string, v any) error {
	data, err := e.c.App.JSON.Marshal(v)
	if err != nil {
		return fmt.Errorf("dewar: encode %T as JSON: %w", v, err)
	}
	return e.Send(Event{Event: event, Data: string(data)})
}

func (e *EventStream) write(text string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failed != nil {
		return e.failed
	}
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if _, err := io.WriteString(e.w, text); err != nil {
		e.failed = err
		e.cancel()
		return err
	}
	e.silence.Reset(e.beat)
	return nil
}
