package cli

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// Printer returns a command that prints a text which the program makes of itself, such as the document of its API:
//
//	cli.Main(app, cli.Printer("openapi", "Print the document of the API", api.Document))
//
// Then shop openapi prints it, for a file or another program, and shop openapi --check openapi.json compares it with a file and exits with 1 if they
// differ. An error of print is one of the command.
func Printer(name, short string, print func() ([]byte, error)) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:     name,
		Short:   short,
		Example: "  $0 " + name + " > " + name + ".json\n  $0 " + name + " --check " + name + ".json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := print()
			if err != nil {
				return err
			}
			if file != "" {
				return compare(cmd, text, file)
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&file, "check", "", "compare with this file and print nothing if it is the same")
	return cmd
}

// compare reports a file that is not what the program prints.
func compare(cmd *cobra.Command, text []byte, file string) error {
	kept, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	kept = bytes.ReplaceAll(kept, []byte("\r\n"), []byte("\n")) // as Git writes it on Windows
	if !bytes.Equal(kept, text) {
		return fmt.Errorf("%s is not what %q prints now; look at the difference, and write it anew: %s > %s", file, cmd.CommandPath(), cmd.CommandPath(), file)
	}
	return nil
}
