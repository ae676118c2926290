//go:build unix

// Windows has other errors for connections that were refused and reset.

package servers_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/servers"
)

// echo answers each line with the line, and counts them.
type echo struct {
	addr  string
	asked atomic.Int64
}

func newEcho(t *testing.T) *echo {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &echo{addr: listener.Addr().String()}
	var tasks sync.WaitGroup
	t.Cleanup(func() { listener.Close(); tasks.Wait() })
	tasks.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() { e.serve(conn) })
		}
	})
	return e
}

func (e *echo) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		e.asked.Add(1)
		if _, err := io.WriteString(conn, line); err != nil {
			return
		}
	}
}

func TestProxyPassesAndCounts(t *testing.T) {
	t.Parallel()
	proxy := servers.NewProxy(t, newEcho(t).addr)
	c := call(t, proxy.Addr())
	c.send("one\n")
	c.wants("one\n")
	before := proxy.Counts()
	c.send("two\nthree\n")
	c.wants("two\n")
	c.wants("three\n")
	if got, want := proxy.Counts().Since(before), (servers.Counts{RoundTrips: 1, Sent: 10, Received: 10}); got != want {
		t.Errorf("a pipeline: got %+v, want %+v", got, want)
	}
	if got, want := before, (servers.Counts{Conns: 1, RoundTrips: 1, Sent: 4, Received: 4}); got != want {
		t.Errorf("the first: got %+v, want %+v", got, want)
	}
	large := strings.Repeat("x", 1<<20) + "\n"
	before = proxy.Counts()
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(c.conn, large)
		sent <- err
	}()
	c.wants(large)
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if got := proxy.Counts().Since(before).Received; got != int64(len(large)) {
		t.Errorf("received %d bytes of a large reply, want %d", got, len(large))
	}
}

func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	proxy := servers.NewProxy(t, newEcho(t).addr)
	old := call(t, proxy.Addr())
	old.send("x\n")
	old.wants("x\n")
	proxy.Set(servers.Refuse)
	if _, err := old.read(wait); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a connection that was open got %v, want a reset", err)
	}
	if _, err := net.Dial("tcp", proxy.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a new connection got %v, want a refusal", err)
	}
	proxy.Set(servers.Pass)
	c := call(t, proxy.Addr())
	c.send("again\n")
	c.wants("again\n")
}

func TestProxySwallows(t *testing.T) {
	t.Parallel()
	e := newEcho(t)
	proxy := servers.NewProxy(t, e.addr)
	idle, busy := call(t, proxy.Addr()), call(t, proxy.Addr())
	for _, c := range []*caller{idle, busy} {
		c.send("x\n")
		c.wants("x\n")
	}
	proxy.Set(servers.Blackhole)
	late := call(t, proxy.Addr())
	for _, c := range []*caller{busy, late} {
		c.send("lost\n")
		c.wantsSilence()
	}
	proxy.Set(servers.Pass)
	busy.wantsEnd()
	late.wantsEnd()
	idle.send("y\n")
	idle.wants("y\n")
	if got := e.asked.Load(); got != 3 {
		t.Errorf("the server was asked %d times, want 3: what was swallowed must not come later", got)
	}
}

func TestProxyDelaysEachReplyOnce(t *testing.T) {
	t.Parallel()
	e := newEcho(t)
	proxy := servers.NewProxy(t, e.addr)
	proxy.Set(servers.Delay(200 * time.Millisecond))
	c := call(t, proxy.Addr())
	began := time.Now()
	c.send("one\n")
	c.wantsSilence()
	if got := e.asked.Load(); got != 1 {
		t.Errorf("the server was asked %d times before the reply is due, want 1", got)
	}
	c.wants("one\n")
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("the reply took %v, want 200 ms at least", took)
	}
	proxy.Set(servers.Delay(time.Hour))
	c.send("two\n")
	c.wantsSilence()
	proxy.Set(servers.Pass)
	c.wants("two\n")
}

func TestProxyThrottles(t *testing.T) {
	t.Parallel()
	proxy := servers.NewProxy(t, newEcho(t).addr)
	proxy.Set(servers.Throttle(1000))
	c := call(t, proxy.Addr())
	began := time.Now()
	line := strings.Repeat("x", 299) + "\n"
	c.send(line)
	c.wants(line)
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("300 bytes at 1000 a second took %v, want 300 ms at least", took)
	}
}

func TestProxyCutsReplies(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		mode servers.Mode
		want string
		end  error
	}{
		{"before the first byte", servers.CutAfter(0), "", io.EOF},
		{"inside", servers.CutAfter(4), "0123", io.EOF},
		{"before the last byte", servers.CutAfter(10), "0123456789", io.EOF},
		{"not when the reply is as long", servers.CutAfter(11), "0123456789\n", nil},
		{"by a reset", servers.ResetAfter(0), "", syscall.ECONNRESET},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newEcho(t)
			proxy := servers.NewProxy(t, e.addr)
			c := call(t, proxy.Addr())
			c.send("a first reply that is whole\n")
			c.wants("a first reply that is whole\n")
			proxy.Set(tt.mode)
			c.send("0123456789\n")
			if got, err := c.read(wait); got != tt.want || !errors.Is(err, tt.end) {
				t.Errorf("got %q and error %v, want %q and %v", got, err, tt.want, tt.end)
			}
			if got := e.asked.Load(); got != 2 {
				t.Errorf("the server was asked %d times, want 2", got)
			}
		})
	}
}

func TestProxyDisconnects(t *testing.T) {
	t.Parallel()
	proxy := servers.NewProxy(t, newEcho(t).addr)
	c := call(t, proxy.Addr())
	c.send("x\n")
	c.wants("x\n")
	proxy.Disconnect()
	c.wantsEnd()
	c = call(t, proxy.Addr())
	c.send("y\n")
	c.wants("y\n")
}

// A child that is being started has the port of a listener open that was closed meanwhile, until it runs its own program.
func TestProxyListensAgainWhileProgramsAreStarted(t *testing.T) {
	t.Parallel()
	proxy := servers.NewProxy(t, newEcho(t).addr)
	stop := make(chan struct{})
	var starting sync.WaitGroup
	for range 4 {
		starting.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := exec.Command("true").Run(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 300 {
		proxy.Set(servers.Refuse)
		proxy.Set(servers.Pass)
	}
	close(stop)
	starting.Wait()
	c := call(t, proxy.Addr())
	c.send("x\n")
	c.wants("x\n")
}

func TestThroughDialsTargetsByTheirProxy(t *testing.T) {
	t.Parallel()
	first, second := newEcho(t), newEcho(t)
	proxy := servers.NewProxy(t, first.addr)
	dial := servers.Through(proxy)
	for _, addr := range []string{first.addr, second.addr} {
		conn, err := dial(context.Background(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c := &caller{t, conn, bufio.NewReader(conn)}
		c.send("x\n")
		c.wants("x\n")
		conn.Close()
	}
	if got := proxy.Counts().Conns; got != 1 {
		t.Errorf("%d connections went through the proxy, want 1", got)
	}
}
