package systemd_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/systemd"
)

// What a program gets that was passed a socket is tested with real programs, in server_supervised_test.go of the root.
func TestListener(t *testing.T) {
	for _, tt := range []struct {
		name, pid, fds string
		anyPID         bool
		problem        string
	}{
		{"nothing was passed", "", "", true, ""},
		{"to another process", "1", "1", true, ""},
		{"to a parent that says nothing of it", "", "1", false, ""},
		{"no sockets", "", "0", true, ""},
		{"several", "", "3", true, "systemd has passed 3 sockets"},
		{"no number", "", "x", true, `LISTEN_FDS is "x"`},
		{"several to this process", strconv.Itoa(os.Getpid()), "2", false, "leave one ListenStream="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("LISTEN_PID", tt.pid)
			t.Setenv("LISTEN_FDS", tt.fds)
			t.Setenv("LISTEN_FDNAMES", "web")
			l, err := systemd.Listener(tt.anyPID)
			if l != nil || (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("got %v, %v, want an error with %q", l, err, tt.problem)
			}
			for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
				if text, set := os.LookupEnv(name); set {
					t.Errorf("%s is %q for the children of this process", name, text)
				}
			}
		})
	}
}

func TestNotifierWithoutASupervisor(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "1000")
	for _, n := range []*systemd.Notifier{nil, systemd.NewNotifier()} {
		if err := n.Tell("READY=1"); err != nil {
			t.Error(err)
		}
		n.Watch()()
	}
}
