//go:build !race

package dewar_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// initLine is what GODEBUG=inittrace=1 says of a package.
var initLine = regexp.MustCompile(`(?m)^init (\S+) @.* (\d+) bytes, (\d+) allocs$`)

// TestImportingAllocatesNextToNothing starts this program once more and has the runtime say what the package variables of each
// package take. What few programs need is made when it is first used.
func TestImportingAllocatesNextToNothing(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, trace)
	}
	packages, total := 0, 0
	for _, line := range initLine.FindAllSubmatch(trace, -1) {
		name, own := strings.CutPrefix(string(line[1]), "github.com/dewar-go/dewar/internal/")
		if !own {
			continue // the root is linked together with its tests
		}
		size, _ := strconv.Atoi(string(line[2]))
		if size > 8<<10 {
			t.Errorf("importing internal/%s allocates %d bytes, want 8 KiB at most", name, size)
		}
		packages, total = packages+1, total+size
	}
	if packages < 5 {
		t.Errorf("the runtime tells of %d packages, want 5 at least; has its trace another form?", packages)
	}
	if total > 32<<10 {
		t.Errorf("importing dewar allocates %d bytes, want 32 KiB at most", total)
	}
	t.Logf("%d bytes for %d packages", total, packages)
}

// TestIdleConnectionsTakeWhatThoseOfNetHTTPTake keeps many connections open to the server of an App and to one that does the same
// by hand.
func TestIdleConnectionsTakeWhatThoseOfNetHTTPTake(t *testing.T) {
	const bound = 2 << 10 // bytes more for each; a buffer for every connection would take more
	app := quietApp(t)
	app.Get("/", hello)
	set(t, app, "DRAIN_DELAY", 0)
	ours, plain := listenHere(t), listenHere(t)
	served := serveListener(t, app, ours, http.DefaultClient)
	defer func() { must(t, served.end()) }()
	server := &http.Server{Handler: http.HandlerFunc(plainHandler), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(plain) }()
	defer server.Close()
	for range 2 { // the first time fills the pools of both
		byHand := idleMemory(t, plain.Addr().String(), func(int64) bool { return true })
		got := idleMemory(t, ours.Addr().String(), func(n int64) bool { return n <= byHand+bound })
		t.Logf("%d bytes for an idle connection, %d by hand", got, byHand)
		if got > byHand+bound {
			t.Errorf("an idle connection takes %d bytes, one of net/http %d; want no more than %d above", got, byHand, bound)
		}
	}
}

// idleMemory opens connections, asks once over each, and returns the bytes of heap and stacks that one takes while nothing is asked.
// What others in this process let go of meanwhile may take a moment: it looks again until the figure is what is wanted.
func idleMemory(t *testing.T, address string, wanted func(int64) bool) int64 {
	t.Helper()
	const connections = 300
	before := memoryInUse()
	var conns []net.Conn
	defer func() {
		for _, conn := range conns {
			conn.Close()
		}
	}()
	for range connections {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReaderSize(conn, 512), nil)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("got %v, %v", res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
	}
	each := (memoryInUse() - before) / connections
	for range 20 {
		if wanted(each) {
			break
		}
		time.Sleep(50 * time.Millisecond)
		each = min(each, (memoryInUse()-before)/connections)
	}
	return each
}

// memoryInUse returns the bytes of live objects and of stacks.
func memoryInUse() int64 {
	for range 3 { // each halves the stacks that are used by less than a quarter
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
