package dewar_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

func TestEventsEncoding(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		send func(e *dewar.EventStream) error
		want string
	}{
		{"data", func(e *dewar.EventStream) error { return e.SendData("hello") }, "data: hello\n\n"},
		{"no data", func(e *dewar.EventStream) error { return e.SendData("") }, "data: \n\n"},
		{"a leading space is kept", func(e *dewar.EventStream) error { return e.SendData(" x") }, "data:  x\n\n"},
		{"several lines", func(e *dewar.EventStream) error { return e.SendData("a\nb\r\nc\rd\n") }, "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"},
		{"data cannot smuggle fields in", func(e *dewar.EventStream) error { return e.SendData("x\revent: evil") }, "data: x\ndata: event: evil\n\n"},
		{"everything", func(e *dewar.EventStream) error {
			return e.Send(dewar.Event{ID: "7", Event: "price", Data: "1", Retry: 1500 * time.Millisecond})
		}, "id: 7\nevent: price\nretry: 1500\ndata: 1\n\n"},
		{"a name without data", func(e *dewar.EventStream) error { return e.Send(dewar.Event{Event: "ping"}) }, "event: ping\ndata: \n\n"},
		{"only a retry", func(e *dewar.EventStream) error { return e.Send(dewar.Event{Retry: time.Second}) }, "retry: 1000\n\n"},
		{"a retry below a millisecond", func(e *dewar.EventStream) error { return e.Send(dewar.Event{Retry: 1}) }, "retry: 1\n\n"},
		{"only an ID", func(e *dewar.EventStream) error { return e.Send(dewar.Event{ID: "8"}) }, "id: 8\n\n"},
		{"JSON", func(e *dewar.EventStream) error { return e.SendJSON("order", dewar.Map{"id": 7}) }, "event: order\ndata: {\"id\":7}\n\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := streamed(t, tt.send); got != tt.want {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
		})
	}
}

// streamed returns what a stream of one send has in it, and fails the test when the send fails.
func streamed(t *testing.T, send func(e *dewar.EventStream) error) string {
	t.Helper()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.Events(send) })
	got := ask(t, serve(t, app), "GET", "/")
	if got.err != nil {
		t.Fatal(got.err)
	}
	return got.body
}

func TestEventsRefusesWhatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		ev   dewar.Event
		want string
	}{
		{"line feed in the ID", dewar.Event{ID: "1\ndata: evil"}, "ID or name of an event has a line break or NUL"},
		{"carriage return in the ID", dewar.Event{ID: "1\rdata: evil"}, "ID or name"},
		{"NUL in the ID", dewar.Event{ID: "1\x00"}, "ID or name"},
		{"line feed in the name", dewar.Event{Event: "a\nb"}, "ID or name"},
		{"carriage return in the name", dewar.Event{Event: "a\rb"}, "ID or name"},
		{"NUL in the name", dewar.Event{Event: "\x00"}, "ID or name"},
		{"negative retry", dewar.Event{Retry: -time.Second}, "it must not be negative"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := streamed(t, func(e *dewar.EventStream) error {
				wantError(t, e.Send(tt.ev), tt.want)
				return e.SendData("next")
			})
			if got != "data: next\n\n" {
				t.Errorf("sent %q, want only what came next", got)
			}
		})
	}
	t.Run("a value that is no JSON", func(t *testing.T) {
		t.Parallel()
		streamed(t, func(e *dewar.EventStream) error {
			wantError(t, e.SendJSON("", make(chan int)), "encode chan int as JSON")
			return nil
		})
	})
}

func TestEventsHeader(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("user", "ann")
		return c.Events(func(e *dewar.EventStream) error { return e.SendData(e.LastEventID()) })
	})
	app.Get("/late", func(c *dewar.Context) error {
		if err := http.NewResponseController(c.Response).Flush(); err != nil {
			return err
		}
		err := c.Events(func(*dewar.EventStream) error { t.Error("the function was called"); return nil })
		wantError(t, err, "the header has been sent")
		return nil
	})
	srv := serve(t, app)
	got := ask(t, srv, "GET", "/", "Last-Event-ID", "41")
	for header, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Length": "",
	} {
		if got := got.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	if got.StatusCode != 200 || got.body != "data: 41\n\n" || got.Header.Get("Set-Cookie") == "" {
		t.Errorf("got %d %q and cookie %q, want the last event ID and the session", got.StatusCode, got.body, got.Header.Get("Set-Cookie"))
	}
	if head := ask(t, srv, "HEAD", "/"); head.StatusCode != 200 || head.body != "" || head.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("HEAD got %d %q %q, want the header alone", head.StatusCode, head.body, head.Header.Get("Content-Type"))
	}
	ask(t, srv, "GET", "/late")
}

func TestEventsOutliveTheWriteTimeoutAndBeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error {
			return c.Events(func(e *dewar.EventStream) error {
				for _, data := range []string{"1", "2", "3", "4"} {
					time.Sleep(40 * time.Second)
					if err := e.SendData(data); err != nil {
						return err
					}
				}
				return nil
			})
		})
		b := serveInBubble(t, app)
		began := time.Now()
		_, body, err := b.get("/")
		const beats = ":\n\n:\n\n" // after 15s and 30s of silence
		want := beats + "data: 1\n\n" + beats + "data: 2\n\n" + beats + "data: 3\n\n" + beats + "data: 4\n\n"
		if err != nil || body != want || time.Since(began) != 160*time.Second {
			t.Errorf("got %q and error %v after %v, want %q after 2m40s", body, err, time.Since(began), want)
		}
		if err := b.end(); err != nil {
			t.Error(err)
		}
	})
}

func TestEventsBeatAsOftenAsTheyAreTold(t *testing.T) {
	t.Parallel()
	for _, proto := range []string{"HTTP/1.1", "HTTP/2"} {
		synctest.Test(t, func(t *testing.T) {
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error {
				return c.Events(func(e *dewar.EventStream) error {
					e.SetHeartbeat(4 * time.Second)
					time.Sleep(10 * time.Second)
					e.SetHeartbeat(time.Minute)
					time.Sleep(50 * time.Second)
					return e.SendData("done")
				})
			})
			srv, client := startInBubble(t, proto, app)
			defer srv.Close()
			defer client.CloseIdleConnections()
			res, err := client.Get("https://app.test/")
			must(t, err)
			defer res.Body.Close()
			if body, err := io.ReadAll(res.Body); string(body) != ":\n\n:\n\ndata: done\n\n" || err != nil {
				t.Errorf("%s: got %q, %v, want two heartbeats and the event", proto, body, err)
			}
		})
	}
}

// Over every protocol: the header at once, each event at once, what the client saw last, and the end with the client.
func TestEventsOverEveryProtocol(t *testing.T) {
	t.Parallel()
	for _, proto := range protocols {
		t.Run(proto, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			next, gone := make(chan string), make(chan error, 1)
			app.Get("/", func(c *dewar.Context) error {
				return c.Events(func(e *dewar.EventStream) error {
					if err := e.Send(dewar.Event{ID: "8", Event: "tick", Data: "after " + e.LastEventID(), Retry: time.Second}); err != nil {
						return err
					}
					for {
						select {
						case data := <-next:
							if err := e.SendData(data); err != nil {
								return err
							}
						case <-e.Context().Done():
							gone <- e.SendData("too late")
							return e.Context().Err()
						}
					}
				})
			})
			p := start(t, proto, app, nil)
			r, err := http.NewRequestWithContext(t.Context(), "GET", p.server.URL, nil)
			must(t, err)
			r.Header.Set("Last-Event-ID", "7")
			res, err := p.client.Do(r)
			must(t, err)
			read := func(want string) {
				got := make([]byte, len(want))
				if _, err := io.ReadFull(res.Body, got); string(got) != want || err != nil {
					t.Errorf("got %q, %v, want %q", got, err, want)
				}
			}
			read("id: 8\nevent: tick\nretry: 1000\ndata: after 7\n\n")
			next <- "a\r\nb\rdata: c"
			read("data: a\ndata: b\ndata: data: c\n\n")
			_ = res.Body.Close()
			if err := <-gone; err == nil {
				t.Error("an event is sent to a client that has gone")
			}
		})
	}
}

func TestEventsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		ended := make(chan error, 1)
		app.Get("/", func(c *dewar.Context) error {
			err := c.Events(func(e *dewar.EventStream) error {
				<-e.Context().Done()
				if err := e.SendData("too late"); !errors.Is(err, context.Canceled) {
					t.Errorf("Send after the end returned %v, want context.Canceled", err)
				}
				return e.Context().Err()
			})
			ended <- err
			return err
		})
		b := serveInBubble(t, app)
		res, err := b.client.Get("http://app.test/")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if err := <-ended; err != nil {
			t.Errorf("Events returned %v when the client had gone, want nil", err)
		}
		time.AfterFunc(time.Second, b.stop)
		began := time.Now()
		_, body, err := b.get("/")
		if err != nil || body != "" {
			t.Errorf("a stream that the stop ended gave %q and %v, want a whole answer", body, err)
		}
		if err := <-ended; err != nil {
			t.Errorf("Events returned %v when the app stopped, want nil", err)
		}
		if err := b.end(); err != nil || time.Since(began) > 3*time.Second {
			t.Errorf("Serve returned %v after %v, want nil soon after the stop", err, time.Since(began))
		}
	})
}

func TestEventsOfAClientThatDoesNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		ended := make(chan time.Duration, 1)
		app.Get("/", func(c *dewar.Context) error {
			began := time.Now()
			err := c.Events(func(e *dewar.EventStream) error {
				<-e.Context().Done() // the heartbeat finds out
				return e.SendData("x")
			})
			ended <- time.Since(began)
			return err
		})
		b := serveInBubble(t, app)
		res, err := b.client.Get("http://app.test/")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if took := <-ended; took < time.Minute || took > 3*time.Minute {
			t.Errorf("the stream ended after %v, want it soon after a write took 60s", took)
		}
		if err := b.end(); err != nil {
			t.Error(err)
		}
	})
}

// A deafWriter flushes the header and fails to write.
type deafWriter struct{ http.ResponseWriter }

func (deafWriter) Write([]byte) (int, error) { return 0, errors.New("nobody listens") }
func (deafWriter) Flush()                    {}

func TestEventsEndWhenAWriteFails(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		err := c.Events(func(e *dewar.EventStream) error {
			first := e.SendData("x")
			<-e.Context().Done()
			if second := e.SendData("y"); first == nil || !errors.Is(second, first) {
				t.Errorf("the sends returned %v and %v, want the same error", first, second)
			}
			return first
		})
		if err != nil {
			t.Errorf("Events returned %v, want nil", err)
		}
		return err
	})
	app.ServeHTTP(deafWriter{httptest.NewRecorder()}, httptest.NewRequest("GET", "/", nil))
}

func TestEventsFailure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		f    func(e *dewar.EventStream) error
	}{
		{"an error", func(e *dewar.EventStream) error { return errors.New("broken") }},
		{"a panic", func(e *dewar.EventStream) error { panic("broken") }},
		{"a context of somebody else", func(e *dewar.EventStream) error { return context.Canceled }},
	} {
		t.Run(tt.name+" cuts the connection", func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			var stream *dewar.EventStream
			app.Get("/", func(c *dewar.Context) error {
				return c.Events(func(e *dewar.EventStream) error {
					stream = e
					if err := e.SendData("first"); err != nil {
						return err
					}
					return tt.f(e)
				})
			})
			got := ask(t, serve(t, app), "GET", "/")
			if got.err == nil {
				t.Errorf("got %q whole, want the connection cut", got.body)
			}
			if err := stream.SendData("after the end"); err == nil {
				t.Error("a send after the end did not fail")
			}
		})
	}
}

func TestEventStreamIsSafeForSeveralGoroutines(t *testing.T) {
	t.Parallel()
	got := streamed(t, func(e *dewar.EventStream) error {
		var senders sync.WaitGroup
		for range 4 {
			senders.Go(func() {
				for range 50 {
					if err := e.Send(dewar.Event{Event: "n", Data: "a\nb"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		senders.Wait()
		return nil
	})
	if want := strings.Repeat("event: n\ndata: a\ndata: b\n\n", 200); got != want {
		t.Errorf("got %d bytes, want %d bytes of whole events", len(got), len(want))
	}
}

func ExampleContext_Events() {
	app := dewar.New("example")
	app.Get("/ticks", func(c *dewar.Context) error {
		return c.Events(func(e *dewar.EventStream) error {
			for _, tick := range []string{"tick", "tock"} {
				if err := e.Send(dewar.Event{Event: "clock", Data: tick}); err != nil {
					return err
				}
			}
			return nil
		})
	})

	srv := httptest.NewServer(app)
	defer srv.Close()
	res, err := http.Get(srv.URL + "/ticks")
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(io.LimitReader(res.Body, 1<<10))
	for lines.Scan() {
		if lines.Text() != "" {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// event: clock
	// data: tick
	// event: clock
	// data: tock
}

func ExampleEventStream_Context() {
	app := dewar.New("example")
	prices := make(chan string)
	app.Get("/prices", func(c *dewar.Context) error {
		return c.Events(func(e *dewar.EventStream) error {
			for {
				select {
				case <-e.Context().Done(): // the client has gone or the app stops
					return nil
				case price := <-prices:
					if err := e.Send(dewar.Event{Event: "price", Data: price}); err != nil {
						return err
					}
				}
			}
		})
	})
}
