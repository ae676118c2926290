//go:build unix

package dewar_test

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// What is no regular file is not there, and nobody waits for the other end of a pipe.
func TestStaticSpecialFiles(t *testing.T) {
	root := staticRoot(t)
	static := filepath.Join(root, "static")
	if err := syscall.Mkfifo(filepath.Join(static, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(static) // the path of a socket must be short
	socket, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	must(t, os.Symlink("/dev/zero", filepath.Join(static, "device"))) // that os.DirFS follows
	writeFile(t, root, "static/unreadable", "secret")
	if err := os.Chmod(filepath.Join(static, "unreadable"), 0); err != nil {
		t.Fatal(err)
	}
	for name, app := range staticApps(root) {
		app.Logger = slog.New(slog.DiscardHandler)
		for _, file := range []string{"pipe", "socket", "device", "unreadable", "pipe/", "pipe/x"} {
			if file == "unreadable" && os.Getuid() == 0 {
				continue // root reads everything
			}
			done := make(chan int, 1)
			go func() { done <- get(app, "/static/"+file).Code }()
			select {
			case got := <-done:
				if got != 404 {
					t.Errorf("%s: %s gives %d, want 404", name, file, got)
				}
			case <-time.After(time.Minute):
				t.Fatalf("%s: %s is waited for", name, file)
			}
		}
	}
}
