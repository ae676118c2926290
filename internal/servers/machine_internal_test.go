package servers

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
)

// verdict is a test that notes how it was ended.
type verdict struct {
	testing.TB
	skipped, failed string
}

func (v *verdict) Helper() {}

func (v *verdict) Skipf(format string, args ...any) {
	v.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (v *verdict) Fatalf(format string, args ...any) {
	v.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func judge(test func(testing.TB)) *verdict {
	v := &verdict{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(v)
	}()
	<-done
	return v
}

func TestMissingServerSkipsLoudly(t *testing.T) {
	if !canStart {
		t.Skip("no server is started on this system")
	}
	seek := func(t testing.TB) { find(t, "no-such-server", "no-such-package", "DEWAR_NOTHING") }
	t.Setenv("DEWAR_STORES", "")
	v := judge(seek)
	for _, want := range []string{"*** SKIPPED", "no-such-server", "apt-get install no-such-package", "DEWAR_NOTHING"} {
		if !strings.Contains(v.skipped, want) {
			t.Errorf("skipped with %q, want %q in it", v.skipped, want)
		}
	}
	if v.failed != "" {
		t.Errorf("failed with %q", v.failed)
	}
	t.Setenv("DEWAR_STORES", "required")
	if v = judge(seek); !strings.Contains(v.failed, "no-such-package") || v.skipped != "" {
		t.Errorf("with DEWAR_STORES=required: failed with %q and skipped with %q, want a failure", v.failed, v.skipped)
	}
}

func TestPortsAreGivenOnce(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 200 {
		port := reserve(t)
		if port < 12000 || port >= 32000 || seen[port] {
			t.Errorf("got port %d, want another one between 12000 and 31999", port)
		}
		seen[port] = true
		if claimed, err := claim(port); canStart && err == nil {
			claimed.Close()
			t.Errorf("port %d was claimed twice", port)
		}
		listener, err := listenAgain(local(port))
		if err != nil {
			t.Errorf("nobody can listen on port %d that a test has: %v", port, err)
			continue
		}
		listener.Close()
	}
}

func TestPortsThatAreInUseAreNotGiven(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	if claimed, err := claim(port); err == nil {
		claimed.Close()
		t.Errorf("port %d was given while somebody listens there", port)
	}
}
