package cli_test

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
)

// shop runs a command of the shop in process.
func shop(t *testing.T, args ...string) *clitest.Result {
	t.Helper()
	return clitest.Run(t, cli.New(newShop(), shopCommands()...), args...)
}

func TestExitCodesAndReports(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, args string
		code       int
		want       string
	}{
		{"no arguments list the commands", "", cli.OK, "Commands of the application:\n  fail "},
		{"help", "--help", cli.OK, "run         Serve the application"},
		{"version as in Flask", "--version", cli.OK, "shop (devel)\ndewar (devel)\ngo1."},
		{"an unknown command", "rout", cli.Misused, "Error: there is no command \"rout\"; did you mean \"routes\"?\nTry \"shop --help\".\n"},
		{"an unknown command of a group", "users ad-user", cli.Misused, "Error: there is no command \"ad-user\"; did you mean \"add-user\"?\nTry \"shop users --help\".\n"},
		{"a group alone", "users", cli.OK, "add-user    Add a user"},
		{"an unknown option", "routes --al", cli.Misused, "Error: unknown flag: --al\nTry \"shop routes --help\".\n"},
		{"a missing argument", "fail", cli.Misused, "received 0; it is called as: shop fail HOW [flags]\nTry "},
		{"an argument too many", "check x", cli.Misused, "there is an argument too many, \"x\"; it is called as: shop check"},
		{"a failure", "secret --rotate --env-file missing/dir/.env", cli.Failed, "Error: missing/dir/.env: "},
		{"several failures", "fail twice", cli.Failed, "Error: several things are wrong:\n  - first\n  - second\n"},
		{"a misuse that the command finds", "fail usage", cli.Misused, "Error: HOW is no way to fail\nTry \"shop fail --help\".\n"},
		{"a code of its own", "fail coded", 7, "Error: wrapped: by its own code\n"},
		{"completion", "completion bash", cli.OK, "__start_shop"},
		{"completion for an unknown shell", "completion ksh", cli.Misused, "want one of bash, zsh, fish, powershell, not \"ksh\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := shop(t, strings.Fields(tt.args)...).Want(tt.code, tt.want)
			if (r.Code == cli.OK) != (r.Stderr == "") || r.Code != cli.OK && r.Output != "" {
				t.Errorf("want success on standard output and errors on the other\n%s", r)
			}
		})
	}
}

func TestCompletionKnowsTheArguments(t *testing.T) {
	t.Parallel()
	shop(t, "__complete", "ro").Want(cli.OK, "routes\t")
	shop(t, "__complete", "config", "SECRET_K").Want(cli.OK, "SECRET_KEY\t")
	shop(t, "__complete", "routes", "--sort", "").Want(cli.OK, "match\n")
}

func TestOwnCommandsTakeThePlaceOfBuiltInOnes(t *testing.T) {
	t.Parallel()
	own := &cobra.Command{Use: "version", RunE: func(cmd *cobra.Command, _ []string) error {
		_, err := cmd.OutOrStdout().Write([]byte("mine"))
		return err
	}}
	r := clitest.Run(t, cli.New(newShop(), own), "version")
	if r.Output != "mine" {
		t.Errorf("got %q, want the own command", r.Output)
	}
}

func TestEmptyGroupsAreLeftOut(t *testing.T) {
	t.Parallel()
	r := clitest.Run(t, cli.New(newShop(), cli.Group("empty"))).Want(cli.OK)
	if strings.Contains(r.Output, "empty") || strings.Contains(r.Output, "Commands of the application") {
		t.Errorf("got %q, want no empty group", r.Output)
	}
}

func TestNewPanicsForTwoCommandsOfOneName(t *testing.T) {
	t.Parallel()
	defer func() {
		if got, _ := recover().(string); !strings.Contains(got, `two commands are called "greet"; rename one`) {
			t.Errorf("got panic %q, want the name and a cure", got)
		}
	}()
	cli.New(newShop(), greet(), greet())
}

func TestAppPanicsOutsideOfATree(t *testing.T) {
	t.Parallel()
	defer func() {
		if got, _ := recover().(string); !strings.Contains(got, "pass it to cli.Main or cli.New") {
			t.Errorf("got panic %q, want a cure", got)
		}
	}()
	cli.App(greet())
}

func TestVersionInJSON(t *testing.T) {
	t.Parallel()
	shop(t, "version", "--json").Want(cli.OK, `"name": "shop"`, `"go": "go1.`)
}

// runTree runs a command of other commands than the shop has.
func runTree(t *testing.T, commands []*cobra.Command, args ...string) *clitest.Result {
	t.Helper()
	return clitest.Run(t, cli.New(newShop(), commands...), args...)
}
