package servers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a server needs of the machine: its program, a folder, a port, and a user to run as.

// find returns the path of a program of a Debian package, and skips the test when it is not installed.
func find(t testing.TB, program, pkg, variable string) string {
	t.Helper()
	if !canStart {
		missing(t, fmt.Sprintf("%s is started on Linux alone", program))
	}
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	for _, pattern := range []string{"/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/lib/postgresql/*/bin"} {
		folders, _ := filepath.Glob(pattern) // only a pattern that is wrong is an error
		for _, folder := range slices.Backward(folders) {
			if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
				return path
			}
		}
	}
	cure := fmt.Sprintf("install it (apt-get install %s)", pkg)
	if variable != "" {
		cure += " or name a running server in " + variable
	}
	missing(t, fmt.Sprintf("%s is not installed; %s", program, cure))
	return ""
}

// missing skips the test loudly, or fails it where nothing may be skipped.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("DEWAR_STORES") == "required" {
		t.Fatalf("servers: DEWAR_STORES=required, but %s", what)
	}
	t.Skipf("*** SKIPPED, NOTHING WAS TESTED: %s ***", what)
}

// faketime returns the library that moves the clock of a program.
func faketime(t testing.TB) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	missing(t, "libfaketime is not installed; install it (apt-get install faketime)")
	return ""
}

// prlimit returns the program that limits what another one may do.
func prlimit(t testing.TB) string {
	t.Helper()
	return find(t, "prlimit", "util-linux", "")
}

// folder returns a new folder, of a short name because sockets lie in it, that a may write to. It goes with the test, or
// with a later one when the test process did not live to see its end.
func folder(t testing.TB, name string, a *account) string {
	t.Helper()
	removeAbandoned()
	dir, err := os.MkdirTemp("", "dewar-"+name+"-")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := lockFile(filepath.Join(dir, owned))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		kept.Close()
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("servers: %v", err)
		}
	})
	if err := a.own(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// owned is the file in a folder that is locked as long as the folder is in use.
const owned = ".owned"

// removeAbandoned removes the folders of test processes that were killed. A new one may not be locked yet.
func removeAbandoned() {
	files, _ := filepath.Glob(filepath.Join(os.TempDir(), "dewar-*", owned)) // only a pattern that is wrong is an error
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		if lock, err := lockFile(file); err == nil {
			_ = os.RemoveAll(filepath.Dir(file)) // the next one tries again
			lock.Close()
		}
	}
}

// reserve returns the port of an address on 127.0.0.1 that no other test of this machine is given until this one ends. It
// is below those that connections come from, so that it is still free when the server is started again.
func reserve(t testing.TB) int {
	t.Helper()
	for range 1000 {
		port := 12000 + rand.IntN(20000)
		claimed, err := claim(port)
		if err != nil {
			continue
		}
		t.Cleanup(func() { claimed.Close() })
		return port
	}
	t.Fatal("servers: found no free port on 127.0.0.1 between 12000 and 32000")
	return 0
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// account is a user of the system. Nil is the one who runs the test.
type account struct{ uid, gid int }

// unprivileged returns the first of the users that exists, or nobody, when the test runs as root, whom databases refuse.
func unprivileged(t testing.TB, names ...string) *account {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range append(names, "nobody") {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(found.Uid)
		gid, err2 := strconv.Atoi(found.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return &account{uid, gid}
		}
	}
	missing(t, fmt.Sprintf("there is no user to run the server as; create one of %s, nobody", strings.Join(names, ", ")))
	return nil
}

// own gives a the new folder and what is in it.
func (a *account) own(dir string) error {
	if a == nil {
		return nil
	}
	return errors.Join(os.Lchown(dir, a.uid, a.gid), os.Lchown(filepath.Join(dir, owned), a.uid, a.gid))
}
