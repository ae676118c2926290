package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
)

func ExampleNew() {
	app := dewar.New("shop", dewar.StaticFolder(""))
	app.Get("/", func(c *dewar.Context) error { return c.Text("hello") }, dewar.Endpoint("index"))
	root := cli.New(app) // cli.Main(app) runs what os.Args says
	root.SetArgs([]string{"routes"})
	root.SetOut(os.Stdout)
	fmt.Println("exit code", cli.Run(context.Background(), root))
	// Output:
	// Endpoint  Methods  Rule
	// --------  -------  ----
	// index     GET      /
	// exit code 0
}

func ExampleGroup() {
	app := dewar.New("shop")
	add := &cobra.Command{
		Use:  "add NAME",
		Args: cobra.ExactArgs(1),
		RunE: cli.WithAppContext(func(c *dewar.Context, cmd *cobra.Command, args []string) error {
			fmt.Fprintln(cmd.OutOrStdout(), "added", args[0], "to", c.App.Name())
			return nil
		}),
	}
	root := cli.New(app, cli.Group("users", add))
	root.SetArgs([]string{"users", "add", "ada"})
	root.SetOut(os.Stdout)
	cli.Run(context.Background(), root)
	// Output: added ada to shop
}

func ExampleUsageError() {
	app := dewar.New("shop")
	pay := &cobra.Command{
		Use: "pay AMOUNT",
		RunE: func(*cobra.Command, []string) error {
			return cli.UsageError{Err: errors.New("AMOUNT must be positive")}
		},
	}
	root := cli.New(app, pay)
	root.SetArgs([]string{"pay"})
	root.SetErr(io.Discard)
	fmt.Println("exit code", cli.Run(context.Background(), root))
	// Output: exit code 2
}
