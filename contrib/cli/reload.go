package cli

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// edited has the tool dewar run the program at the address of this run, with its other options. The tool opens the socket.
func (o *running) edited(cmd *cobra.Command) error {
	tool, err := exec.LookPath("dewar")
	if err != nil {
		return errors.New("--reload needs the tool dewar, which is not on PATH; install it with: go install " + dewarPath + "/contrib/cli/cmd/dewar")
	}
	config := App(cmd).Config
	args := []string{"dewar", "dev"}
	if host := cmp.Or(o.host, config.String("RUN_HOST")); host != "" {
		args = append(args, "--host="+host)
	}
	if port := cmp.Or(o.port, config.String("RUN_PORT")); port != "" {
		args = append(args, "--port="+port)
	}
	args = append(args, "--", "run")
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains([]string{"host", "port", "reload", "no-reload"}, f.Name) {
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	})
	return become(tool, args, os.Environ())
}
