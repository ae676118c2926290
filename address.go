package dewar

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
)

// What Run serves when nobody says where, as in Flask.
const (
	defaultHost = "127.0.0.1"
	defaultPort = "5000"
)

// windowsInUse is WSAEADDRINUSE, which package syscall has no name for. No other system has this number.
const windowsInUse = syscall.Errno(10048)

// listen opens the address that Run was given, or the one of the environment.
func listen(addr string) (net.Listener, error) {
	cure := "pass another one to Run"
	if addr == "" {
		var err error
		if addr, err = environmentAddress(); err != nil {
			return nil, err
		}
		cure = "set FLASK_RUN_PORT to another one"
	} else if err := checkAddress(addr); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, listenError(addr, cure, err)
	}
	return l, nil
}

// environmentAddress is FLASK_RUN_HOST and FLASK_RUN_PORT, or Flask's defaults.
func environmentAddress() (string, error) {
	host, port := os.Getenv("FLASK_RUN_HOST"), os.Getenv("FLASK_RUN_PORT")
	if host == "" {
		host = defaultHost
	}
	if port == "" {
		port = defaultPort
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	if _, err := netip.ParseAddr(host); err != nil && strings.Contains(host, ":") {
		return "", fmt.Errorf("dewar: FLASK_RUN_HOST is %q; set it to a host alone, such as 127.0.0.1, and FLASK_RUN_PORT to the port", host)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return "", fmt.Errorf("dewar: FLASK_RUN_PORT is %q; set it to a number from 0 to 65535", port)
	}
	return net.JoinHostPort(host, port), nil
}

func checkAddress(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("dewar: Run(%q): pass a host and a port, as in \"127.0.0.1:5000\"", addr)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("dewar: Run(%q): pass a port from 0 to 65535 after the colon", addr)
	}
	return nil
}

// listenError says what to do about an address that cannot be listened on.
func listenError(addr, cure string, err error) error {
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno) && (errno == syscall.EADDRINUSE || errno == windowsInUse):
		return fmt.Errorf("dewar: the port of %s is in use; end the program that listens there or choose another port: %s: %w", addr, cure, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("dewar: the port of %s is for privileged programs; choose a port from 1024 up: %s: %w", addr, cure, err)
	}
	return fmt.Errorf("dewar: %s cannot be served; check that the host is an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them: %w", addr, err)
}

// checkExposure refuses to serve an address that other machines can reach with settings that are only safe on
// this one.
func (app *App) checkExposure(addr net.Addr) error {
	config, public := app.Config, isPublic(addr)
	if public && config.Bool("DEBUG") && !config.Bool("TESTING") {
		return fmt.Errorf("dewar: DEBUG is on (%s) and other machines can reach %s, so they would see the insides of the app; unset FLASK_DEBUG or serve 127.0.0.1",
			config.Source("DEBUG"), addr)
	}
	return app.checkKeys(public)
}

// isPublic reports whether other machines can reach addr. Unix sockets and the like are not public.
func isPublic(addr net.Addr) bool {
	ap, err := netip.ParseAddrPort(addr.String())
	return err == nil && !ap.Addr().Unmap().IsLoopback()
}

// urlOf returns where a browser on this machine finds addr, or the address itself when it cannot.
func urlOf(addr net.Addr) string {
	ap, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ap.Addr().IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", ap.Port())
	}
	return "http://" + ap.String()
}
