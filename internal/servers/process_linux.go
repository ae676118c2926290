package servers

import (
	"bytes"
	"errors"
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

// stopped reports whether a process has been stopped and waits to be resumed.
func stopped(pid int) bool {
	state, _, _ := stat(pid)
	return state == 'T'
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

// A claimedPort is a port that one test has: a name that other tests of this package cannot take, and a socket that has
// the address and does not listen, so that servers can and the kernel gives it to no connection.
type claimedPort struct {
	name    net.Listener
	address *os.File
}

// claim takes a port on 127.0.0.1 on which nobody listens, until the claim is closed. The kernel forgets it with the
// process. Nothing listens for the time of a try either: a child that is being started would hold that for longer.
func claim(port int) (io.Closer, error) {
	name, err := net.Listen("unix", fmt.Sprintf("@dewar-test-port-%d", port))
	if err != nil {
		return nil, err
	}
	address, err := bindAddress(port)
	if err != nil {
		name.Close()
		return nil, err
	}
	return &claimedPort{name, address}, nil
}

// bindAddress returns a socket that has the address and does not listen.
func bindAddress(port int) (*os.File, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	socket := os.NewFile(uintptr(fd), local(port))
	err = errors.Join(
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1),
		syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}),
	)
	if err != nil {
		socket.Close()
		return nil, err
	}
	return socket, nil
}

func (c *claimedPort) Close() error { return errors.Join(c.address.Close(), c.name.Close()) }

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
