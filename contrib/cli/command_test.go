package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
)

func TestOwnCommandsHaveArgumentsFlagsAndAnApplicationContext(t *testing.T) {
	t.Parallel()
	r := shop(t, "users", "add-user", "ada", "--admin", "--role=a,b").Want(cli.OK)
	if want := "added ada true [a b] 1 /posts/7\ntorn down: <nil>\n"; r.Output != want {
		t.Errorf("got %q, want %q", r.Output, want)
	}
	shop(t, "users", "add-user", "taken").Want(cli.Failed, "torn down: dewar: the name is taken", "Error: the name is taken\n")
}

func TestOwnCommandsReadStandardInput(t *testing.T) {
	t.Parallel()
	root := cli.New(newShop(), shopCommands()...)
	root.SetIn(strings.NewReader("ada"))
	clitest.Run(t, root, "greet").Want(cli.OK, "hello ada from shop\n")
	shop(t, "greet").Want(cli.OK, "hello  from shop\n")
}

func TestTeardownFunctionsRunWhenACommandPanics(t *testing.T) {
	t.Parallel()
	app, told := newShop(), ""
	app.TeardownRequest(func(_ *dewar.Context, err error) { told = err.Error() })
	boom := &cobra.Command{Use: "boom", RunE: cli.WithAppContext(func(*dewar.Context, *cobra.Command, []string) error { panic("boom") })}
	defer func() {
		if value := recover(); value != "boom" || told != "cli: the command panicked" {
			t.Errorf("got panic %v and %q, want the panic to go on after the teardown", value, told)
		}
	}()
	clitest.Run(t, cli.New(app, boom), "boom")
}

func TestAnAppThatCannotBeBuiltFailsTheCommand(t *testing.T) {
	t.Parallel()
	app := newShop()
	app.SessionInterface = nil
	r := clitest.Run(t, cli.New(app, shopCommands()...), "users", "add-user", "ada").Want(cli.Failed)
	if want := "Error: app \"shop\" cannot be built:\n  - app.SessionInterface is nil; leave it alone or set it to an implementation\n"; r.Stderr != want {
		t.Errorf("got %q, want %q", r.Stderr, want)
	}
	// What needs no App works all the same, as Flask's help does.
	clitest.Run(t, cli.New(app), "--help").Want(cli.OK)
	clitest.Run(t, cli.New(app), "routes").Want(cli.OK, "index")
}

func TestCommandsOfAnAppBelowAnotherProgram(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"shop users add-user ada": "added ada", "shop routes": "users.remove"} {
		var out bytes.Buffer
		root := &cobra.Command{Use: "tool"}
		root.AddCommand(cli.New(newShop(), shopCommands()...))
		root.SetArgs(strings.Fields(args))
		root.SetOut(&out)
		if err := root.Execute(); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %q %v, want %q", args, out.String(), err, want)
		}
	}
}
