package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

const dewarPath = "github.com/dewar-go/dewar"

// A version says what a program was built from.
type version struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Dewar    string `json:"dewar"`
	Go       string `json:"go"`
}

// versionOf returns what the build has left in the program.
func versionOf(app *dewar.App) version {
	v := version{Name: app.Name(), Version: "(devel)", Dewar: "(devel)", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v.Revision = s.Value + v.Revision
		case s.Key == "vcs.modified" && s.Value == "true":
			v.Revision += " with changes"
		}
	}
	for _, module := range info.Deps {
		if module.Path == dewarPath && module.Replace == nil {
			v.Dewar = module.Version
		}
	}
	return v
}

// String returns a line for each part.
func (v version) String() string {
	revision := ""
	if v.Revision != "" {
		revision = ", revision " + v.Revision
	}
	return fmt.Sprintf("%s %s%s\ndewar %s\n%s %s/%s", v.Name, v.Version, revision, v.Dewar, v.Go, runtime.GOOS, runtime.GOARCH)
}

func versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show what the program was built from",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if v := versionOf(App(cmd)); asJSON {
				return writeJSON(cmd.OutOrStdout(), v)
			} else {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), v)
				return err
			}
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
