package servers

import (
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// Proxy stands between clients and one server, counts what they say to each other, and disturbs it. It is safe for
// concurrent use.
type Proxy struct {
	t            testing.TB
	addr, target string
	tasks        sync.WaitGroup

	mu       sync.Mutex
	mode     Mode
	changed  chan struct{} // closed when mode is another one
	listener net.Listener  // nil while connections are refused
	links    map[*link]bool
	counts   Counts
	closed   bool
}

// Counts is what has passed through a proxy.
type Counts struct {
	Conns      int64 // connections that were accepted
	RoundTrips int64 // requests that the server has begun to answer; what a client sends at once is one
	Sent       int64 // bytes that clients have sent
	Received   int64 // bytes of the server that were passed on to clients
}

// Since returns what has been counted after before.
func (c Counts) Since(before Counts) Counts {
	return Counts{c.Conns - before.Conns, c.RoundTrips - before.RoundTrips, c.Sent - before.Sent, c.Received - before.Received}
}

// NewProxy starts a proxy before the address, which passes everything on. It ends with the test.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	p := &Proxy{t: t, addr: local(reserve(t)), target: target, changed: make(chan struct{}), links: map[*link]bool{}}
	t.Cleanup(p.close)
	p.Set(Pass)
	return p
}

// Addr returns the host and port that clients connect to.
func (p *Proxy) Addr() string { return p.addr }

// Target returns the host and port of the server.
func (p *Proxy) Target() string { return p.target }

// Counts returns what has passed so far. A reply is counted before the client has it.
func (p *Proxy) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// Set changes what the proxy does from now on, on connections that there are as on new ones. What waited under the old
// mode goes on under the new one. Connections of which [Blackhole] has swallowed something are closed when it ends.
func (p *Proxy) Set(m Mode) {
	p.t.Helper()
	p.mu.Lock()
	p.mode = m
	close(p.changed)
	p.changed = make(chan struct{})
	broken := slices.DeleteFunc(slices.Collect(maps.Keys(p.links)), func(l *link) bool { return !l.breaksUnder(m) })
	err := p.listen(m.effect != refuse && !p.closed)
	p.mu.Unlock()
	for _, l := range broken {
		l.end(true)
	}
	if err != nil {
		p.t.Fatalf("servers: proxy before %s: %v", p.target, err)
	}
}

// Disconnect resets all connections that there are.
func (p *Proxy) Disconnect() {
	p.mu.Lock()
	links := slices.Collect(maps.Keys(p.links))
	p.mu.Unlock()
	for _, l := range links {
		l.end(true)
	}
}

// Through returns a dialer that reaches the targets of the proxies through them and every other address directly. Clients
// of a cluster need it, because nodes tell them addresses.
func Through(proxies ...*Proxy) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		for _, p := range proxies {
			if p.target == addr {
				addr = p.addr
			}
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}

// listen opens or closes the port. It is called with the lock held.
func (p *Proxy) listen(open bool) error {
	switch {
	case open && p.listener == nil:
		listener, err := listenAgain(p.addr)
		if err != nil {
			return err
		}
		p.listener = listener
		p.tasks.Go(func() { p.accept(listener) })
	case !open && p.listener != nil:
		p.listener.Close()
		p.listener = nil
	}
	return nil
}

// listenAgain listens on an address on which a listener may just have been closed: a child that another test is starting
// has all that the process has open, for the moment until it runs its own program.
func listenAgain(addr string) (listener net.Listener, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err = poll(ctx, func() error {
		listener, err = net.Listen("tcp", addr)
		return err
	})
	return listener, err
}

func (p *Proxy) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return // the port was closed
		}
		p.tasks.Go(func() { p.connect(client.(*net.TCPConn)) })
	}
}

// connect passes on what one client and the server say until one of them leaves.
func (p *Proxy) connect(client *net.TCPConn) {
	server, err := net.DialTimeout("tcp", p.target, 5*time.Second)
	if err != nil {
		reset(client)
		return
	}
	l := &link{proxy: p, client: client, server: server.(*net.TCPConn), done: make(chan struct{})}
	if !p.join(l) {
		l.end(true)
		return
	}
	p.tasks.Go(l.requests)
	l.replies()
}

func (p *Proxy) join(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.mode.effect == refuse {
		return false
	}
	p.counts.Conns++
	p.links[l] = true
	return true
}

func (p *Proxy) leave(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	_ = p.listen(false) // closing has no error
	p.mu.Unlock()
	p.Disconnect()
	p.tasks.Wait()
}

// link is one connection of a client and that to the server which belongs to it. The mutex of the proxy guards the fields
// below done.
type link struct {
	proxy          *Proxy
	client, server *net.TCPConn
	once           sync.Once
	done           chan struct{}

	asked  bool  // the client has sent something that was not answered yet
	passed int64 // bytes of the reply that the client has
	lost   bool  // something was swallowed
}

func (l *link) breaksUnder(m Mode) bool { return m.effect == refuse || l.lost && m.effect != blackhole }

func (l *link) requests() {
	defer l.end(false)
	buffer := make([]byte, 32<<10)
	for {
		n, err := l.client.Read(buffer)
		if n > 0 && l.ask(n) {
			if _, err := l.server.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// ask notes n bytes of a request and reports whether the server gets them.
func (l *link) ask(n int) bool {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	l.proxy.counts.Sent += int64(n)
	l.asked, l.passed = true, 0
	l.lost = l.lost || l.proxy.mode.effect == blackhole
	return !l.lost
}

func (l *link) replies() {
	defer l.end(false)
	buffer := make([]byte, 32<<10)
	for {
		n, err := l.server.Read(buffer)
		if n > 0 && !l.deliver(buffer[:n]) {
			return
		}
		if err != nil {
			return
		}
	}
}

// deliver hands a piece of a reply to the client as the mode wants it. It reports false when the connection has ended.
func (l *link) deliver(piece []byte) bool {
	l.answered()
	for waited := false; len(piece) > 0; {
		step, changed := l.next(len(piece), waited)
		if step.wait > 0 {
			if waited = l.sleep(step.wait, changed); l.ended() {
				return false
			}
			continue
		}
		if _, err := l.client.Write(piece[:step.write]); err != nil || step.last {
			l.end(step.reset)
			return false
		}
		piece, waited = piece[step.write+step.swallow:], false
	}
	return true
}

func (l *link) answered() {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	if l.asked {
		l.proxy.counts.RoundTrips++
	}
	l.asked = false
}

// next decides on the first of n bytes, and counts what will be written.
func (l *link) next(n int, waited bool) (step, <-chan struct{}) {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	s := l.proxy.mode.step(n, l.passed, waited)
	l.lost = l.lost || s.swallow > 0
	l.passed += int64(s.write)
	l.proxy.counts.Received += int64(s.write)
	return s, l.proxy.changed
}

// sleep reports whether it was not woken by a change of the mode or the end of the connection.
func (l *link) sleep(d time.Duration, changed <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-changed:
	case <-l.done:
	}
	return false
}

func (l *link) ended() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// end closes both sides; the client's by a reset if that is wanted.
func (l *link) end(byReset bool) {
	l.once.Do(func() {
		close(l.done)
		l.proxy.leave(l)
		if byReset {
			reset(l.client)
		}
		l.client.Close()
		l.server.Close()
	})
}

// reset closes a connection so that its other end gets an error and not an end of file.
func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0) // it may be closed
	conn.Close()
}
