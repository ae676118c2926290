package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

// Group returns a command that has others below it, such as those of a blueprint: Group("posts", add, remove) is run as
// posts add and posts remove. Flask has bp.cli and app.cli.group. Without commands it is left out of the program.
func Group(name string, commands ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{Use: name, Short: "Commands of " + name}
	group.AddCommand(commands...)
	return group
}

// WithAppContext returns the RunE of a command that wants an application context. The App is built, and run gets a Context
// without a request that ends with the context of the command; see [dewar.App.AppContext]. When run returns or panics, the
// App's teardown functions are called. The hooks of [dewar.App.OnStart] are not. Flask has with_appcontext.
func WithAppContext(run func(c *dewar.Context, cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, end, err := App(cmd).AppContext(cmd.Context())
		if err != nil {
			return err
		}
		err = errPanicked
		defer func() { end(err) }()
		err = run(c, cmd, args)
		return err
	}
}

var errPanicked = errors.New("cli: the command panicked")

// The groups of the help text.
const (
	ownGroup     = "own"
	builtInGroup = "dewar"
)

// addOwn adds the commands of the application, without empty groups.
func addOwn(root *cobra.Command, commands []*cobra.Command) {
	commands = slices.DeleteFunc(slices.Clone(commands), isEmpty)
	if len(commands) > 0 {
		root.AddGroup(&cobra.Group{ID: ownGroup, Title: "Commands of the application:"})
	}
	for i, cmd := range commands {
		if slices.ContainsFunc(commands[:i], func(other *cobra.Command) bool { return other.Name() == cmd.Name() }) {
			panic(fmt.Sprintf("cli: two commands are called %q; rename one of them, or put their commands in one cli.Group", cmd.Name()))
		}
		if cmd.GroupID == "" {
			cmd.GroupID = ownGroup
		}
		root.AddCommand(cmd)
	}
}

// isEmpty reports whether a command has nothing to run.
func isEmpty(cmd *cobra.Command) bool { return !cmd.Runnable() && !cmd.HasSubCommands() }

// addBuiltIn adds the commands that every application has, but for those that it replaces.
func addBuiltIn(root *cobra.Command, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: builtInGroup, Title: "Commands:"})
	root.SetHelpCommandGroupID(builtInGroup)
	own := root.Commands()
	for _, cmd := range commands {
		if slices.ContainsFunc(own, func(o *cobra.Command) bool { return o.Name() == cmd.Name() }) {
			continue
		}
		cmd.GroupID = builtInGroup
		root.AddCommand(cmd)
	}
}

// usageTemplate leaves out the line that a command which only lists others would have, and says where options come from.
func usageTemplate(standard string) string {
	return strings.Replace(standard, "{{if .Runnable}}", "{{if and .Runnable (not .HasAvailableSubCommands)}}", 1)
}

// prepare gives a command and those below it what all have in common: options from the environment, errors that tell a
// failure from a misuse, and an answer to the name of a command that does not exist.
func prepare(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		prepare(sub)
	}
	cmd.Flags().SortFlags = false
	cmd.Example = strings.ReplaceAll(cmd.Example, "$0", cmd.Root().Name())
	if !cmd.Runnable() {
		cmd.Args = unknownCommand
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
	check, run := cmd.Args, cmd.RunE
	if plain := cmd.Run; run == nil {
		run = func(cmd *cobra.Command, args []string) error { plain(cmd, args); return nil }
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		cmd.SetContext(cmd.Root().Context())
		if err := fromEnvironment(cmd); err != nil || check == nil {
			return err
		}
		if err := check(cmd, args); err != nil && cmd.HasSubCommands() {
			return err
		} else if err != nil {
			return fmt.Errorf("%w; it is called as: %s", err, cmd.UseLine())
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return failed(run(cmd, args)) }
	for _, hook := range []*func(*cobra.Command, []string) error{&cmd.PersistentPreRunE, &cmd.PreRunE, &cmd.PostRunE, &cmd.PersistentPostRunE} {
		if f := *hook; f != nil {
			*hook = func(cmd *cobra.Command, args []string) error { return failed(f(cmd, args)) }
		}
	}
}

// unknownCommand refuses the name of a command that is not below cmd.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cure := ""
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		cure = fmt.Sprintf("; did you mean %q?", near[0])
	}
	return fmt.Errorf("there is no command %q%s", args[0], cure)
}

// noArguments refuses arguments.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("there is an argument too many, %q", args[0])
	}
	return nil
}
