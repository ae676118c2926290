package cli

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

// The exit codes of a program. See [Run].
const (
	// OK is the exit code of a command that went well.
	OK = 0
	// Failed is the exit code of a command that failed.
	Failed = 1
	// Misused is the exit code when the program was called wrongly.
	Misused = 2
)

// Main runs the command that os.Args names, of app or of commands, and exits with what [Run] returns. It belongs at the end
// of main. The context of the command ends at SIGINT and SIGTERM; a second signal ends the program at once.
func Main(app *dewar.App, commands ...*cobra.Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	root := tree(strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"), app, commands)
	if len(os.Args) == 1 && beingEdited() {
		root.SetArgs([]string{"run"})
	}
	os.Exit(Run(ctx, root))
}

// beingEdited reports whether dewar dev runs the program.
func beingEdited() bool { return os.Getenv("DEWAR_RELOAD") != "" }

// New returns the tree of commands, for tests and for a program that has a tree of its own. It is to be run once, by [Run]. An
// own command takes the place of a built-in one of its name. It panics if two of commands have the same name.
func New(app *dewar.App, commands ...*cobra.Command) *cobra.Command {
	return tree(app.Name(), app, commands)
}

func tree(name string, app *dewar.App, commands []*cobra.Command) *cobra.Command {
	root := &cobra.Command{
		Use:           name,
		Long:          "Commands of " + app.Name() + ". Options may come from the environment too: FLASK_RUN_PORT is --port of run.",
		Version:       versionOf(app).String(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetContext(withApp(context.Background(), app))
	addOwn(root, commands)
	addBuiltIn(root, runCommand(), routesCommand(), configCommand(), secretCommand(), sessionsCommand(), checkCommand(), completionCommand(), versionCommand())
	root.InitDefaultHelpCmd()
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetUsageTemplate(usageTemplate(root.UsageTemplate()))
	prepare(root)
	return root
}

// Run runs the command of root, which [New] has made, that its arguments name, or os.Args if none were set. It reports an error
// on the command's standard error and returns the exit code: [OK], [Failed] or [Misused], or what the ExitCode method of a
// command's error says. ctx is the context of the command.
func Run(ctx context.Context, root *cobra.Command) int {
	root.SetContext(withApp(ctx, App(root)))
	cmd, err := root.ExecuteC()
	if err == nil {
		return OK
	}
	return report(cmd, err)
}

type appKey struct{}

func withApp(ctx context.Context, app *dewar.App) context.Context {
	return context.WithValue(ctx, appKey{}, app)
}

// App returns the application whose command cmd is; Flask calls it current_app. It panics if cmd is in no tree of [New].
func App(cmd *cobra.Command) *dewar.App {
	for c := cmd; c != nil; c = c.Parent() {
		if ctx := c.Context(); ctx != nil {
			if app, ok := ctx.Value(appKey{}).(*dewar.App); ok {
				return app
			}
		}
	}
	panic("cli: command " + cmd.Name() + " belongs to no application; pass it to cli.Main or cli.New, and call App when it runs")
}
