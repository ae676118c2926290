package cli

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

// Running is what the options of run say.
type running struct {
	host, port, cert, key            string
	debug, noDebug, reload, noReload bool
}

func runCommand() *cobra.Command {
	var o running
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Serve the application",
		Long: "Serve the application until SIGINT or SIGTERM. Where nothing says otherwise that is 127.0.0.1 and port 5000, or what the\n" +
			"keys RUN_HOST and RUN_PORT of the configuration have.\n\n" +
			"--cert adhoc makes a certificate for this run, which browsers warn of. --reload has the tool dewar build and start the\n" +
			"program again when it is edited, as dewar dev does.",
		Example: "  $0 run --debug\n  $0 run --host 0.0.0.0 --port 8000\n  $0 run --cert adhoc",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&o.host, "host", "", "the address to serve, 0.0.0.0 for all of this machine")
	flags.StringVarP(&o.port, "port", "p", "", "the port, 0 for any that is free")
	flags.BoolVar(&o.debug, "debug", false, "turn DEBUG on")
	flags.BoolVar(&o.noDebug, "no-debug", false, "turn DEBUG off")
	flags.BoolVar(&o.reload, "reload", false, "build and start again when a file is edited")
	flags.BoolVar(&o.noReload, "no-reload", false, "do not, whatever the environment says")
	flags.StringVar(&o.cert, "cert", "", "the file of a certificate for TLS, or adhoc")
	flags.StringVar(&o.key, "key", "", "the file of the certificate's key")
	cmd.MarkFlagsMutuallyExclusive("debug", "no-debug")
	_ = cmd.MarkFlagFilename("cert", "pem", "crt")
	_ = cmd.MarkFlagFilename("key", "pem", "key")
	return cmd
}

func (o *running) run(cmd *cobra.Command) error {
	app := App(cmd)
	addr, err := o.address(app)
	if err != nil {
		return err
	}
	if o.reload && !o.noReload && !beingEdited() {
		return runEdited(cmd)
	}
	if o.debug || o.noDebug {
		flag := "--debug"
		if o.noDebug {
			flag = "--no-debug"
		}
		if err := app.Config.SetFrom(flag, "DEBUG", o.debug); err != nil {
			return err
		}
	}
	config, err := o.secure(cmd)
	if err != nil {
		return err
	}
	if config == nil {
		return listenCure(addr, app.Run(addr))
	}
	return listenCure(addr, app.RunTLS(addr, config))
}

// address returns what is to be served, or "" where that is left to the App.
func (o *running) address(app *dewar.App) (string, error) {
	if o.host == "" && o.port == "" {
		return "", nil
	}
	host := cmp.Or(o.host, app.Config.String("RUN_HOST"), "127.0.0.1")
	port := cmp.Or(o.port, app.Config.String("RUN_PORT"), "5000")
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.Contains(host, ":") && net.ParseIP(host) == nil {
		return "", misused("--host %q: want a host alone, such as 127.0.0.1, and the port in --port", host)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return "", misused("--port %q: want a number from 0 to 65535", port)
	}
	return net.JoinHostPort(host, port), nil
}

// secure returns how TLS is spoken, or nil for not at all.
func (o *running) secure(cmd *cobra.Command) (*tls.Config, error) {
	switch {
	case o.cert == "" && o.key == "":
		return nil, nil
	case o.cert == "":
		return nil, misused("--key needs --cert, the file of the certificate")
	case o.cert == "adhoc" && o.key != "":
		return nil, misused("--cert adhoc makes its own key; leave --key out")
	case o.cert == "adhoc":
		return adhoc(cmd.ErrOrStderr(), o.host)
	case o.key == "":
		return nil, misused("--cert needs --key, the file of the certificate's key; it may be the same file")
	}
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	if err != nil {
		return nil, fmt.Errorf("the certificate cannot be used, see that %s and %s are its files in PEM: %w", o.cert, o.key, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}}, nil
}

// windowsInUse is WSAEADDRINUSE, which package syscall has no name for.
const windowsInUse = syscall.Errno(10048)

// listenCure says with the options of run what to do about a port that is taken.
func listenCure(addr string, err error) error {
	var errno syscall.Errno
	if !errors.As(err, &errno) || errno != syscall.EADDRINUSE && errno != windowsInUse {
		return err
	}
	_, port, splitErr := net.SplitHostPort(cmp.Or(addr, "127.0.0.1:5000"))
	if splitErr != nil || addr == "" {
		return fmt.Errorf("the port is in use; end the program that listens there, or choose another with --port: %w", err)
	}
	return fmt.Errorf("port %s is in use; end the program that listens there, or choose another with --port, 0 for any that is free", port)
}
