// Package systemd takes the listening socket that whoever started this program has opened, and tells them how it is:
// the socket activation and the notifications of systemd, which other supervisors speak too.
//
// The environment variables of both are taken away when they are read, so that programs which this one starts do not
// believe that they were meant.
package systemd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// firstSocket is the file descriptor of the first socket that is passed.
const firstSocket = 3

// Listener returns the socket that was passed to this program in LISTEN_FDS, or nil when none was. LISTEN_PID has to
// be this process; a parent that passes its own socket cannot know that, and then anyPID says that it may be missing.
// It is called once. It is an error if there are several sockets, or one that does not listen for connections.
func Listener(anyPID bool) (net.Listener, error) {
	pid, count := take("LISTEN_PID"), take("LISTEN_FDS")
	take("LISTEN_FDNAMES")
	if count == "" || pid == "" && !anyPID || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	switch n, err := strconv.Atoi(count); {
	case err != nil || n < 0:
		return nil, fmt.Errorf("dewar: LISTEN_FDS is %q; it is set by systemd to the number of sockets, so unset it", count)
	case n == 0:
		return nil, nil
	case n > 1:
		return nil, fmt.Errorf("dewar: systemd has passed %d sockets (LISTEN_FDS) and an App serves one; leave one ListenStream= in the .socket unit", n)
	}
	file := os.NewFile(firstSocket, "LISTEN_FDS")
	if file == nil {
		return nil, errors.New("dewar: LISTEN_FDS is set and no socket was passed; unset it")
	}
	defer file.Close()
	l, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("dewar: what was passed in LISTEN_FDS is no TCP or Unix socket that listens; write ListenStream= in the .socket unit, or unset LISTEN_FDS: %w", err)
	}
	return l, nil
}

func take(name string) string {
	text := os.Getenv(name)
	_ = os.Unsetenv(name)
	return text
}

// A Notifier tells a supervisor how this program is. The nil Notifier, and one for which nobody listens, does nothing.
// Its methods may be called by several goroutines.
type Notifier struct {
	socket   string
	watchdog time.Duration // how soon the supervisor wants to hear something; 0 for never
}

// NewNotifier returns the Notifier of NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. It is called once.
func NewNotifier() *Notifier {
	n := &Notifier{socket: take("NOTIFY_SOCKET")}
	microseconds, err := strconv.ParseInt(take("WATCHDOG_USEC"), 10, 64)
	pid := take("WATCHDOG_PID")
	if err == nil && microseconds > 0 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		n.watchdog = time.Duration(microseconds) * time.Microsecond
	}
	return n
}

// Tell sends states, such as READY=1.
func (n *Notifier) Tell(states ...string) error {
	if n == nil || n.socket == "" {
		return nil
	}
	conn, err := net.Dial("unixgram", n.socket)
	if err == nil {
		defer conn.Close()
		_, err = conn.Write([]byte(strings.Join(states, "\n")))
	}
	if err != nil {
		return fmt.Errorf("dewar: NOTIFY_SOCKET: %w", err)
	}
	return nil
}

// Watch tells the supervisor that this program lives, twice in the time that its watchdog waits, until the function is
// called that Watch returns.
func (n *Notifier) Watch() (end func()) {
	if n == nil || n.socket == "" || n.watchdog == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var beating sync.WaitGroup
	beating.Go(func() {
		ticker := time.NewTicker(max(n.watchdog/2, time.Millisecond))
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = n.Tell("WATCHDOG=1") // a supervisor that misses it ends this program
			}
		}
	})
	return func() { cancel(); beating.Wait() }
}
