package graceful

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are pipes, so that a server and its clients fit into one bubble of
// testing/synctest with its own clock.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipes"} }

func (l *pipes) dial(context.Context, string, string) (net.Conn, error) {
	server, client := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, errors.New("connection refused")
	}
}

// A run is a Server that runs in a bubble of testing/synctest.
type run struct {
	life    *Life
	server  *Server
	client  *http.Client
	stop    context.CancelFunc
	signals chan os.Signal
	ended   chan error
}

func start(t *testing.T, life *Life, h http.HandlerFunc, drain, timeout time.Duration) *run {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	r := &run{
		life:    life,
		client:  &http.Client{Transport: &http.Transport{DialContext: l.dial}},
		signals: make(chan os.Signal, 2),
		ended:   make(chan error, 1),
	}
	r.server = &Server{
		Name: "test", Life: life, HTTP: &http.Server{Handler: h}, Listener: l, Signals: r.signals,
		Logger: slog.New(slog.DiscardHandler), Where: slog.String("addr", "pipes"),
		Drain:   func() time.Duration { return drain },
		Timeout: func() time.Duration { return timeout },
		Ready:   func() {}, Stopping: func() {},
	}
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	t.Cleanup(r.client.CloseIdleConnections)
	t.Cleanup(stop)
	go func() { r.ended <- r.server.Run(ctx) }()
	return r
}

func (r *run) get() (res *http.Response, body string, err error) {
	res, err = r.client.Get("http://app.test/")
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res, string(data), err
}

func (r *run) end() error {
	r.stop()
	r.client.CloseIdleConnections()
	return <-r.ended
}

func TestServerFinishesRequestsWhenItIsStopped(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		drain time.Duration
		took  time.Duration
	}{
		{"an answer after the drain", time.Second, 10 * time.Second},
		{"an answer while draining", 15 * time.Second, 16 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testFinishing(t, tt.drain, tt.took) })
		})
	}
}

// testFinishing stops a server one second after it got a request that takes ten.
func testFinishing(t *testing.T, drain, want time.Duration) {
	r := start(t, New(), func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(10 * time.Second)
		_, _ = io.WriteString(w, "done")
	}, drain, time.Minute)
	time.AfterFunc(time.Second, r.stop)
	began := time.Now()
	if _, body, err := r.get(); err != nil || body != "done" {
		t.Errorf("the request got %q, error %v; want it whole", body, err)
	}
	if err := r.end(); err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
	if took := time.Since(began); took < want || took > want+time.Second {
		t.Errorf("Run returned after %v, want %v", took, want)
	}
	if _, _, err := r.get(); err == nil {
		t.Error("a request after the stop was answered")
	}
}

func TestServerDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		life := New()
		r := start(t, life, func(http.ResponseWriter, *http.Request) {}, time.Second, time.Minute)
		if res, _, err := r.get(); err != nil || res.Close || life.Draining() {
			t.Errorf("before the stop: error %v, want an answer on a connection that stays", err)
		}
		r.stop()
		synctest.Wait()
		if res, _, err := r.get(); err != nil || !res.Close || !life.Draining() || life.Stopping().Err() != nil {
			t.Errorf("while draining: error %v, want an answer that closes the connection", err)
		}
		if err := r.end(); err != nil || life.Stopping().Err() == nil {
			t.Errorf("Run returned %v, want nil and Stopping to be over", err)
		}
	})
}

func TestServerCutsOffWhatTakesLongerThanTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var gone atomic.Bool
		r := start(t, New(), func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			time.Sleep(500 * time.Millisecond)
			gone.Store(true)
		}, 0, 3*time.Second)
		time.AfterFunc(time.Second, r.stop)
		if _, _, err := r.get(); err == nil {
			t.Error("the request was answered, want it cut off")
		}
		if err := r.end(); err == nil || !strings.Contains(err.Error(), "requests were cut off after SHUTDOWN_TIMEOUT (3s)") {
			t.Errorf("Run returned %v, want it to say what was cut off", err)
		}
		if !gone.Load() {
			t.Error("the request was not given a moment to notice")
		}
	})
}

// stuck is a listener in the state that a process leaves it in which passes it on and makes it blocking by that: Accept and Close
// return when the next client comes.
type stuck struct {
	*pipes
	comes chan struct{}
}

func (l *stuck) Accept() (net.Conn, error) {
	<-l.comes
	return nil, net.ErrClosed
}

func (l *stuck) Close() error {
	<-l.comes
	return nil
}

func TestServerStopsThoughItsListenerDoesNotClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &stuck{&pipes{}, make(chan struct{})}
		defer close(l.comes)
		s := &Server{
			Name: "test", Life: New(), HTTP: &http.Server{}, Listener: l, Logger: slog.New(slog.DiscardHandler),
			Drain: func() time.Duration { return 0 }, Timeout: func() time.Duration { return time.Minute },
			Ready: func() {}, Stopping: func() {},
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		began := time.Now()
		if err := s.Run(ctx); err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("Run returned after %v, want 3 s at most", took)
		}
	})
}

func TestServerStoppedWhileItStarts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		life, ended := New(), false
		life.OnStart(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, "here")
		life.OnShutdown(func(context.Context) error { ended = true; return nil }, "here")
		r := start(t, life, nil, 0, time.Minute)
		synctest.Wait()
		if err := r.end(); err != nil {
			t.Errorf("Run returned %v, want nil: nothing has failed", err)
		}
		if !ended {
			t.Error("the shutdown hook did not run")
		}
	})
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		life := New()
		life.OnShutdown(func(context.Context) error { t.Error("a shutdown hook ran"); return nil }, "here")
		worked := make(chan error, 1)
		life.Go(t.Context(), func(ctx context.Context) { <-ctx.Done(); worked <- ctx.Err() })
		r := start(t, life, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, time.Hour, time.Hour)
		go r.get()
		synctest.Wait()
		r.signals <- os.Interrupt
		synctest.Wait()
		r.signals <- os.Interrupt
		if err := <-r.ended; err == nil || !strings.Contains(err.Error(), `app "test" was ended at once by a second signal`) {
			t.Errorf("Run returned %v, want it to tell of the second signal", err)
		}
		if err := <-worked; !errors.Is(err, context.Canceled) {
			t.Errorf("the background work ended with %v, want it cancelled", err)
		}
	})
}

func TestLifeServesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		life := New()
		if err := start(t, life, nil, 0, time.Minute).end(); err != nil {
			t.Fatal(err)
		}
		if err := start(t, life, nil, 0, time.Minute).end(); err == nil || !strings.Contains(err.Error(), "served already") {
			t.Errorf("the second time Run returned %v, want an error", err)
		}
	})
}

// Work may begin while the end already waits for other work.
func TestCrewGrowsWhileSomeoneWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		life := New()
		order := make(chan string, 2)
		life.Go(t.Context(), func(ctx context.Context) {
			time.Sleep(time.Second)
			life.Go(ctx, func(context.Context) {
				time.Sleep(time.Second)
				order <- "second"
			})
			order <- "first"
		})
		if err := life.background.wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(order) != 2 {
			t.Errorf("waited for %d pieces of work, want 2", len(order))
		}
		life.background.join()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := life.background.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a wait that was given up returned %v", err)
		}
	})
}
