// Command dewar writes new programs of dewar and runs them while they are edited.
package main

import (
	"context"
	"os"

	_ "github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	_ "github.com/dewar-go/dewar"
)

func main() {
	root := &cobra.Command{Use: "dewar", Short: "Write new programs of dewar, and run them while they are edited", SilenceUsage: true}
	root.AddCommand(newCommand())
	if err := root.ExecuteContext(context.Background()); err != nil {
		os.Exit(1)
	}
}
