package cli

import (
	"errors"
	"os"
	"os/exec"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// runEdited has the tool dewar run the program, with the options of this run.
func runEdited(cmd *cobra.Command) error {
	tool, err := exec.LookPath("dewar")
	if err != nil {
		return errors.New("--reload needs the tool dewar, which is not on PATH; install it with: go install " + dewarPath + "/contrib/cli/cmd/dewar")
	}
	return become(tool, append([]string{"dewar", "dev", "--", "run"}, given(cmd)...), os.Environ())
}

// given returns the options of cmd that were given, but for those about reloading.
func given(cmd *cobra.Command) []string {
	var args []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "reload" && f.Name != "no-reload" {
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return args
}
