package dev

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/dewar-go/dewar"
)

// An environment is what the program will find in its environment and its .env files, as far as that matters here.
type environment struct {
	host, port string
	debug      bool // somebody has said whether DEBUG is on
}

// readEnvironment reads what the program in dir will read. With an error the environment is what it would be without
// the file that cannot be read.
func readEnvironment(dir string) (env environment, err error) {
	config := dewar.New("dewar dev", dewar.RootPath(dir)).Config
	env.debug = os.Getenv("FLASK_DEBUG") != ""
	for _, file := range []string{".flaskenv", ".env"} { // what comes later counts
		text, failure := os.ReadFile(filepath.Join(dir, file))
		if errors.Is(failure, fs.ErrNotExist) {
			continue
		}
		if failure == nil {
			failure = config.FromDotenv(file)
		}
		if failure != nil {
			err = fmt.Errorf("%s cannot be read: %w", file, failure)
			continue
		}
		env.debug = env.debug || strings.Contains("\n"+string(text), "\nFLASK_DEBUG=") || strings.Contains(string(text), "export FLASK_DEBUG=")
	}
	env.host = cmp.Or(os.Getenv("FLASK_RUN_HOST"), config.String("RUN_HOST"), "127.0.0.1")
	env.port = cmp.Or(os.Getenv("FLASK_RUN_PORT"), config.String("RUN_PORT"), "5000")
	return env, err
}

// windowsInUse is WSAEADDRINUSE, which package syscall has no name for. No other system has this number.
const windowsInUse = syscall.Errno(10048)

// listenCure says what to do about an address that cannot be listened on.
func listenCure(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, windowsInUse):
		return fmt.Errorf("the port of %s is in use; end the program that listens there, or choose another port: dewar dev --port %s", addr, nextPort(addr))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the port of %s is for privileged programs; choose one from 1024 up: dewar dev --port 5001", addr)
	}
	return fmt.Errorf("%s cannot be served; check --host and --port: %w", addr, err)
}

// nextPort returns a port that may be free, 0 where there is none behind that of addr.
func nextPort(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	n, err := strconv.Atoi(port)
	if err != nil || n >= 65535 {
		return "0"
	}
	return strconv.Itoa(n + 1)
}

// isLoopback reports whether only this machine can reach addr.
func isLoopback(addr net.Addr) bool {
	ap, err := netip.ParseAddrPort(addr.String())
	return err == nil && ap.Addr().Unmap().IsLoopback()
}

// urlOf returns where a browser on this machine finds addr.
func urlOf(scheme string, addr net.Addr) string {
	ap, err := netip.ParseAddrPort(addr.String())
	if err == nil && ap.Addr().IsUnspecified() {
		return fmt.Sprintf("%s://localhost:%d", scheme, ap.Port())
	}
	return scheme + "://" + addr.String()
}
