package servers

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	signalPause  = syscall.SIGSTOP
	signalResume = syscall.SIGCONT
)

// canStart tells whether servers can be started on this system.
const canStart = true

// command returns a command that ends with the thread that starts it. A write to a full disk is an error for it and no
// signal, and it leaves no core.
func command(a *account, args ...string) *exec.Cmd {
	cmd := exec.Command("sh", append([]string{"-c", `trap "" XFSZ; ulimit -c 0; exec "$@"`, "sh"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

func send(pid int, sig syscall.Signal) error { return syscall.Kill(pid, sig) }

// alive reports whether a process is there and not merely waiting to be collected.
func alive(pid int) bool {
	state, _, ok := stat(pid)
	return ok && state != 'Z' && state != 'X'
}

// family returns pid and all that descend from it, parents first.
func family(pid int) []int {
	children := map[int][]int{}
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return []int{pid}
	}
	for _, entry := range entries {
		child, err := strconv.Atoi(filepath.Base(entry))
		if err != nil {
			continue
		}
		if _, parent, ok := stat(child); ok {
			children[parent] = append(children[parent], child)
		}
	}
	pids := []int{pid}
	for i := 0; i < len(pids); i++ {
		pids = append(pids, children[pids[i]]...)
	}
	return pids
}

// stat returns the state of a process and its parent. They stand behind the name, which may hold anything.
func stat(pid int) (state byte, parent int, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	_, err = fmt.Sscanf(string(text[bytes.LastIndexByte(text, ')')+1:]), " %c %d", &state, &parent)
	return state, parent, err == nil
}

// claim takes a port for the tests of this process until the claim is closed. The kernel forgets it with the process.
func claim(port int) (io.Closer, error) {
	return net.Listen("unix", fmt.Sprintf("@dewar-test-port-%d", port))
}

// lockFile locks a file until it is closed, and returns an error when it is locked by somebody. The kernel unlocks it when
// the process ends.
func lockFile(name string) (io.Closer, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}
