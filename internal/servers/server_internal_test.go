package servers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// A process that runs has a child more than was counted a moment ago.
func TestNobodyIsLeftOfAProcessThatStartsOthers(t *testing.T) {
	t.Parallel()
	if !canStart {
		t.Skip("processes are started on Linux alone")
	}
	for range 20 {
		asleep := fmt.Sprintf("3600.%d", rand.IntN(1e9)) // by which they are known
		cmd := exec.Command("sh", "-c", "for i in $(seq 200); do sleep "+asleep+" & done; wait")
		p, err := launch(cmd)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(50 * time.Millisecond)) // somewhere on its way
		sendAll(halted(cmd.Process.Pid), syscall.SIGKILL)
		p.wait(patience)
		var left []int
		for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if left = sleepers(asleep); len(left) == 0 {
				break
			}
		}
		if len(left) > 0 {
			sendAll(left, syscall.SIGKILL)
			t.Fatalf("%d processes are left", len(left))
		}
	}
}

// sleepers returns the processes that sleep for so long.
func sleepers(asleep string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // only a pattern that is wrong is an error
	for _, file := range files {
		line, _ := os.ReadFile(file) // of one that has ended there is none
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err == nil && bytes.Equal(line, []byte("sleep\x00"+asleep+"\x00")) && alive(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}
