package dewar_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

// TestServeHearsAConnectionOutThatHasJustCome has a request that comes after the end was asked for, on a connection that
// was accepted before.
func TestServeHearsAConnectionOutThatHasJustCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		app.Config.Set("DRAIN_DELAY", 0)
		app.Get("/", func(c *dewar.Context) error { return c.Text("answered") })
		l := newPipes()
		b := serveListener(t, app, l, l.client())
		server, conn := net.Pipe()
		defer conn.Close()
		l.conns <- server
		synctest.Wait()
		b.stop()
		synctest.Wait()
		if !app.Draining() {
			t.Error("the App does not know that it ends")
		}
		if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("the request was not answered: %v", err)
		}
		defer res.Body.Close()
		if body, err := io.ReadAll(res.Body); string(body) != "answered" || !res.Close {
			t.Errorf("got %q, %v, closing %v; want it answered and the connection closed", body, err, res.Close)
		}
		if err := <-b.ended; err != nil {
			t.Error(err)
		}
	})
}

func listenHere(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestServeDoesNotWaitForConnectionsThatSayNothing has one that a browser has opened for later.
func TestServeDoesNotWaitForConnectionsThatSayNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		age, took time.Duration
	}{
		{"one that is old", 2 * time.Second, 0},
		{"one that has just come", 200 * time.Millisecond, 800 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app := newApp(t)
				app.Config.Set("DRAIN_DELAY", 0)
				l := newPipes()
				b := serveListener(t, app, l, l.client())
				server, client := net.Pipe()
				defer client.Close()
				l.conns <- server
				time.Sleep(tt.age)
				began := time.Now()
				if err := b.end(); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took < tt.took || took > tt.took+50*time.Millisecond {
					t.Errorf("Serve returned after %v, want %v", took, tt.took)
				}
			})
		})
	}
}
