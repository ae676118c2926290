/*
Package cli gives a program of dewar the commands that flask gives one of Flask: run, routes, config, secret, sessions, check,
completion, version, and the application's own.

	func main() {
		app := shop.New()
		cli.Main(app, shop.Commands()...)
	}

The program is then its own tool: shop run, shop routes, shop check. Without arguments it lists its commands; below dewar dev
it runs run.

# Own commands

A command is a [cobra.Command], with arguments and flags. [WithAppContext] gives it an application context: a [dewar.Context]
without a request, in which typed keys, templates, URLs and the teardown functions work as in a view.

	func Commands() []*cobra.Command {
		add := &cobra.Command{
			Use:   "add-user NAME",
			Short: "Add a user",
			Args:  cobra.ExactArgs(1),
			RunE: cli.WithAppContext(func(c *dewar.Context, cmd *cobra.Command, args []string) error {
				fmt.Fprintln(cmd.OutOrStdout(), "added", args[0])
				return addUser(c, args[0])
			}),
		}
		return []*cobra.Command{cli.Group("users", add)}
	}

A blueprint's package exports its commands, and [Group] puts them behind its name, as Flask's bp.cli does: shop users add-user.
A function should return fresh commands, for flags keep what they were set to. An own command takes the place of a built-in one
of its name. The package clitest runs commands in tests.

# Options from the environment

Every option may come from the environment, as FLASK_COMMAND_OPTION: FLASK_RUN_PORT is --port of run, and
FLASK_USERS_ADD_USER_ADMIN is --admin of users add-user. An option that is given goes before. A switch takes true, 1, yes, on
and their contraries. An empty variable is none.

# Errors and exit codes

What fails is told in one paragraph on standard error. The exit code is

  - 0 when it went well,
  - 1 when it failed, or when check or routes --match found something,
  - 2 when the program was called wrongly: an unknown command or option, a wrong argument.

An error of an own command that has a method ExitCode() int, as [exec.ExitError] has, chooses another; a [UsageError] is a 2.

Colours are used on a terminal, or with CLICOLOR_FORCE=1, and never with NO_COLOR set.
*/
package cli
