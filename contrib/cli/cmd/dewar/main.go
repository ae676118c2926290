// Command dewar writes new programs of dewar and runs them while they are edited.
package main

import (
	_ "github.com/fsnotify/fsnotify"
	_ "github.com/spf13/cobra"

	_ "github.com/dewar-go/dewar"
)

func main() {}
