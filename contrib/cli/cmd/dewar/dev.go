package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/contrib/cli/internal/dev"
)

// devCommand runs a program while it is edited.
func devCommand() *cobra.Command {
	var options dev.Options
	cmd := &cobra.Command{
		Use:   "dev [package] [-- arguments of the program]",
		Short: "Run a program of dewar while it is edited",
		Long: `dewar dev builds and runs a program, and does so again when one of its files is saved. No connection is
refused meanwhile. Pages in the browser load themselves again; while the program does not build they
show what the compiler says.

The address is that of --host and --port, or of FLASK_RUN_HOST and FLASK_RUN_PORT in the environment,
.env or .flaskenv, or 127.0.0.1:5000, whatever the program says. DEBUG is on unless FLASK_DEBUG says
otherwise.`,
		Example: "  dewar dev\n  dewar dev ./cmd/shop --port 8000\n  dewar dev . -- run",
		Args: func(cmd *cobra.Command, args []string) error {
			if before := packagesIn(cmd, args); len(before) > 1 {
				return fmt.Errorf("one package is run, not %q; write the arguments of the program behind two dashes: dewar dev %s -- %s",
					before, before[0], before[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			before := packagesIn(cmd, args)
			if len(before) > 0 {
				options.Package = before[0]
			}
			options.Args = args[len(before):]
			options.Out = cmd.ErrOrStderr()
			options.Colour = isTerminal(os.Stderr) && os.Getenv("NO_COLOR") == ""
			options.Again = enters(cmd.Context())
			return dev.Run(cmd.Context(), options)
		},
	}
	cmd.Flags().StringVar(&options.Host, "host", "", "listen on this address")
	cmd.Flags().StringVarP(&options.Port, "port", "p", "", "listen on this port; 0 takes any that is free")
	return cmd
}

// packagesIn returns the arguments in front of the two dashes.
func packagesIn(cmd *cobra.Command, args []string) []string {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		return args[:dash]
	}
	return args
}

// enters tells of each line that is typed, nothing where nobody types.
func enters(ctx context.Context) <-chan struct{} {
	if !isTerminal(os.Stdin) {
		return nil
	}
	typed := make(chan struct{})
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			select {
			case typed <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return typed
}

// isTerminal reports whether a person sits at the other end of file.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
