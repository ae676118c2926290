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
	tool, args, err := theTool()
	if err != nil {
		return err
	}
	config := App(cmd).Config
	args = append(args, "dev")
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

// theTool returns the program dewar and how it is called: that on PATH, or the one that the go.mod of this folder has.
func theTool() (file string, args []string, err error) {
	if file, err := exec.LookPath("dewar"); err == nil {
		return file, []string{"dewar"}, nil
	}
	file, err = exec.LookPath("go")
	if err != nil || exec.Command(file, "tool", "-n", "dewar").Run() != nil {
		return "", nil, errors.New("--reload needs the tool dewar, which is neither on PATH nor a tool of this go.mod; install it with: go install " + dewarPath +
			"/contrib/cli/cmd/dewar, or add it with: go get -tool " + dewarPath + "/contrib/cli/cmd/dewar")
	}
	return file, []string{"go", "tool", "dewar"}, nil
}
