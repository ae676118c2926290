package servers_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/servers"
)

// childVariable has the test binary be the test process that does not live to see its end.
const childVariable = "DEWAR_SERVERS_CHILD"

func TestServersEndWithTheTestProcess(t *testing.T) {
	if end := os.Getenv(childVariable); end != "" {
		beChild(t, end)
	}
	t.Parallel()
	for _, end := range []string{"killed", "panic"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^"+"TestServersEndWithTheTestProcess"+"$")
			temp := t.TempDir()
			if err := os.Chmod(filepath.Dir(temp), 0o755); err != nil { // servers run as another user
				t.Fatal(err)
			}
			child.Env = append(os.Environ(), childVariable+"="+end, "TMPDIR="+temp)
			output, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			pids := pidsOf(t, output)
			if end == "killed" {
				err = child.Process.Kill()
			}
			if err != nil {
				t.Fatal(err)
			}
			_ = child.Wait() // it fails in both cases
			for _, pid := range pids {
				await(t, fmt.Sprintf("process %d to end", pid), func() bool { return gone(pid) })
			}
			wantFoldersRemoved(t, temp)
		})
	}
}

// beChild starts a server of each kind, tells their processes, and waits for its end.
func beChild(t *testing.T, end string) {
	for _, kind := range kinds {
		pid := kind.start(t, false).PID()
		fmt.Println("pid", pid)
		for _, child := range childrenOf(t, pid) {
			fmt.Println("pid", child)
		}
	}
	fmt.Println("all")
	if end == "panic" {
		go panic("the test panics")
	}
	time.Sleep(time.Minute)
	os.Exit(3)
}

func pidsOf(t *testing.T, output io.Reader) []int {
	t.Helper()
	var pids []int
	var said []string
	for lines := bufio.NewScanner(output); lines.Scan(); said = append(said, lines.Text()) {
		if lines.Text() == "all" {
			return pids
		}
		if text, ok := strings.CutPrefix(lines.Text(), "pid "); ok {
			pid, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	t.Fatalf("the child ended early:\n%s", strings.Join(said, "\n"))
	return nil
}

// wantFoldersRemoved makes the folders of the child old, and starts a server, which cleans up.
func wantFoldersRemoved(t *testing.T, temp string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(temp, "dewar-*", ".owned"))
	if err != nil || len(left) < len(kinds) {
		t.Fatalf("the child left %d folders and error %v, want one of each kind", len(left), err)
	}
	old := time.Now().Add(-time.Hour)
	for _, file := range left {
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
	}
	next := exec.Command(os.Args[0], "-test.run=^TestRedisHasOptions$")
	next.Env = append(os.Environ(), "TMPDIR="+temp)
	if output, err := next.CombinedOutput(); err != nil {
		t.Fatalf("the test process after it: %v\n%s", err, output)
	}
	if left, err := filepath.Glob(filepath.Join(temp, "dewar-*")); err != nil || len(left) > 0 {
		t.Errorf("left after the next test process: %q, error %v", left, err)
	}
}

func TestServerIsGoneAfterItsTest(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			var pids []int
			t.Run("test", func(t *testing.T) {
				pid := kind.start(t, false).PID()
				pids = append(childrenOf(t, pid), pid)
			})
			for _, pid := range pids {
				if !gone(pid) {
					t.Errorf("process %d is there after the test", pid)
				}
			}
		})
	}
}

func TestPauseHoldsAllProcesses(t *testing.T) {
	t.Parallel()
	s := servers.Postgres{}.Start(t)
	pids := append(childrenOf(t, s.PID()), s.PID())
	if len(pids) < 4 {
		t.Fatalf("PostgreSQL has %d processes, want several", len(pids))
	}
	s.Pause()
	for _, pid := range pids {
		await(t, fmt.Sprintf("process %d to stand still", pid), func() bool { return state(pid) == "T" || gone(pid) })
	}
	s.Resume()
	for _, pid := range pids {
		await(t, fmt.Sprintf("process %d to go on", pid), func() bool { return state(pid) != "T" })
	}
}

func await(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var children []int
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // a thread that has ended
		}
		for word := range strings.FieldsSeq(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return slices.Compact(children)
}

// state returns the letter of a process in /proc, or nothing when it is not there.
func state(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	return strings.Fields(string(text[strings.LastIndex(string(text), ")")+1:]))[0]
}

// gone reports whether a process has ended. Nobody may collect those whose parent was killed.
func gone(pid int) bool { return strings.Contains("ZX", state(pid)) }
