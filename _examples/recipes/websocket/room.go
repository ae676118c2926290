package main

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/dewar-go/dewar"
)

const (
	backlog   = 16               // messages that wait for a slow reader
	patience  = 10 * time.Second // for one message to leave, and for the answer to a ping
	heartbeat = 30 * time.Second // proxies close what is silent for a minute
	longest   = 4 << 10          // bytes of a message
)

// A room is a chat: whatever one member says, all hear.
type room struct {
	mu      sync.Mutex
	members map[*member]bool
}

// A member is one connection. Whoever closes out must have taken the member out of the room.
type member struct {
	name string
	out  chan string
}

// join is the view: it lasts as long as the connection.
func (r *room) join(c *dewar.Context) error {
	m := &member{name: c.Session().String("name"), out: make(chan string, backlog)}
	// The browser's Origin must be the site itself. The handshake is a GET, which dewar lets every page make. c.Host is what
	// the browser asked for, also behind a proxy.
	conn, err := websocket.Accept(c.Response, c.Request, &websocket.AcceptOptions{OriginPatterns: []string{c.Scheme() + "://" + c.Host()}})
	if err != nil {
		return nil // Accept has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(longest)
	r.enter(m)
	defer r.leave(m)
	heard := make(chan struct{})
	c.Go(func(ctx context.Context) { // its context lasts longer than c, so that there is time to say goodbye
		defer close(heard)
		r.listen(ctx, conn, m)
	})
	err = speak(c, conn, m, heard)
	<-heard
	return err
}

// listen passes on what a member says, until the connection is closed.
func (r *room) listen(ctx context.Context, conn *websocket.Conn, m *member) {
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return
		}
		r.say(m.name + ": " + string(text))
	}
}

// speak sends to a member what is said, until somebody has enough: the member, the room or the program.
func speak(c *dewar.Context, conn *websocket.Conn, m *member, heard <-chan struct{}) error {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case text, ok := <-m.out:
			if !ok {
				return goodbye(conn, websocket.StatusPolicyViolation, "logged out, or too slow")
			}
			err = within(func(ctx context.Context) error { return conn.Write(ctx, websocket.MessageText, []byte(text)) })
		case <-beat.C:
			err = within(conn.Ping)
		case <-c.Done(): // the App stops
			return goodbye(conn, websocket.StatusGoingAway, "the server stops; come back soon")
		case <-heard:
			return nil
		}
		if err != nil {
			return goodbye(conn, websocket.StatusInternalError, "")
		}
	}
}

func within(f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return f(ctx)
}

// goodbye closes the connection. That the other side is gone already is no error.
func goodbye(conn *websocket.Conn, code websocket.StatusCode, reason string) error {
	_ = conn.Close(code, reason)
	return nil
}

func (r *room) enter(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members == nil {
		r.members = map[*member]bool{}
	}
	r.members[m] = true
}

// leave takes a member out, who may have been already.
func (r *room) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, m)
}

// say tells all members. Nobody waits for one who does not listen: too slow a member is dismissed.
func (r *room) say(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for m := range r.members {
		select {
		case m.out <- text:
		default:
			r.remove(m)
		}
	}
}

// dismiss ends the connections of a name.
func (r *room) dismiss(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for m := range r.members {
		if m.name == name {
			r.remove(m)
		}
	}
}

// remove needs the lock.
func (r *room) remove(m *member) {
	delete(r.members, m)
	close(m.out)
}
