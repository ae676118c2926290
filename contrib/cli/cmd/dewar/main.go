// Command dewar writes new programs of dewar and runs them while they are edited. Install it with
//
//	go install github.com/dewar-go/dewar/contrib/cli/cmd/dewar@latest
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "dewar: %v\n", err)
		os.Exit(1)
	}
}

// root returns the tree of commands.
func root() *cobra.Command {
	root := &cobra.Command{
		Use:           "dewar",
		Short:         "Write programs of dewar, and run them while they are edited",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; to see what there is: %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(newCommand(), devCommand(), migrateCommand(), versionCommand())
	return root
}
