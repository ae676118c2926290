package cli_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
)

// TestMain is the program shop when a test has started this binary as one.
func TestMain(m *testing.M) {
	if os.Getenv("SHOP_PROGRAM") != "" {
		_ = os.Unsetenv("SHOP_PROGRAM")
		if err := dewar.LoadDotenv(); err != nil {
			panic(err)
		}
		cli.Main(newShop(), shopCommands()...)
	}
	os.Exit(m.Run())
}

// newShop returns the application that the tests have commands for.
func newShop() *dewar.App {
	app := dewar.New("shop", dewar.StaticFolder(""))
	if err := app.Config.FromPrefixedEnv(); err != nil {
		panic(err)
	}
	view := func(c *dewar.Context) error {
		return c.Text(c.Request.Proto + " " + c.Scheme() + " " + c.Endpoint() + "\n")
	}
	app.Get("/", view, dewar.Endpoint("index"))
	app.Route("/posts/{id:int}", view, dewar.Endpoint("post"), dewar.Methods("GET", "POST"))
	users := dewar.NewBlueprint("users", dewar.URLPrefix("/users"))
	users.Delete("/{name}", view, dewar.Endpoint("remove"))
	app.RegisterBlueprint(users)
	app.TeardownRequest(func(c *dewar.Context, err error) {
		if log := output.Get(c); log != nil {
			fmt.Fprintln(log, "torn down:", err)
		}
	})
	return app
}

// output is where the teardown function of the shop writes to.
var output = dewar.NewKey[io.Writer]("output")

// shopCommands returns the commands of the shop: a group, as a blueprint exports one, and some at the top.
func shopCommands() []*cobra.Command {
	return []*cobra.Command{cli.Group("users", addUser()), greet(), fail(), wait()}
}

func addUser() *cobra.Command {
	var admin bool
	var roles []string
	var quota int
	add := &cobra.Command{
		Use:   "add-user NAME",
		Short: "Add a user",
		Args:  cobra.ExactArgs(1),
		RunE: cli.WithAppContext(func(c *dewar.Context, cmd *cobra.Command, args []string) error {
			output.Set(c, cmd.OutOrStdout())
			if args[0] == "taken" {
				return errors.New("dewar: the name is taken")
			}
			url, err := c.App.URLFor("post", "id", 7, dewar.Relative())
			fmt.Fprintln(cmd.OutOrStdout(), "added", args[0], admin, roles, quota, url)
			return err
		}),
	}
	add.Flags().BoolVar(&admin, "admin", false, "may do everything")
	add.Flags().StringSliceVar(&roles, "role", nil, "what the user may do")
	add.Flags().IntVar(&quota, "disk-quota", 1, "in GiB")
	return add
}

func greet() *cobra.Command {
	return &cobra.Command{
		Use:   "greet",
		Short: "Say hello",
		RunE: func(cmd *cobra.Command, _ []string) error {
			name, err := io.ReadAll(cmd.InOrStdin())
			fmt.Fprintf(cmd.OutOrStdout(), "hello %s from %s\n", name, cli.App(cmd).Name())
			return err
		},
	}
}

// coded is an error that chooses its exit code.
type coded struct{ error }

func (coded) ExitCode() int { return 7 }

func fail() *cobra.Command {
	return &cobra.Command{
		Use:   "fail HOW",
		Short: "Fail",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			switch args[0] {
			case "usage":
				return cli.UsageError{Err: errors.New("HOW is no way to fail")}
			case "coded":
				return fmt.Errorf("wrapped: %w", coded{errors.New("by its own code")})
			}
			return errors.Join(errors.New("first"), errors.New("second"))
		},
	}
}

func wait() *cobra.Command {
	return &cobra.Command{
		Use:   "wait",
		Short: "Wait for the end of the context",
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintln(cmd.OutOrStdout(), "waiting")
			<-cmd.Context().Done()
			return cmd.Context().Err()
		},
	}
}
