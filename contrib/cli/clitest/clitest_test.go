package clitest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
)

// echo returns the commands of an App whose own command writes to both outputs and fails.
func echo() *cobra.Command {
	return cli.New(dewar.New("shop"), &cobra.Command{Use: "echo", RunE: func(cmd *cobra.Command, args []string) error {
		fmt.Fprintln(cmd.OutOrStdout(), args)
		return errors.New("out of paper")
	}})
}

func TestRunReturnsAllThatACommandLeaves(t *testing.T) {
	t.Parallel()
	r := clitest.Run(t, echo(), "echo", "a", "b")
	if r.Output != "[a b]\n" || r.Stderr != "Error: out of paper\n" || r.Code != cli.Failed {
		t.Errorf("got %q, %q and %d", r.Output, r.Stderr, r.Code)
	}
}

// A recorder is a test that notes its failure.
type recorder struct {
	testing.TB
	failure string
}

func (*recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.failure = fmt.Sprintf(format, args...)
	panic(r)
}

func TestWantFailsTheTest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		code  int
		texts []string
		want  string
	}{
		{"all as wanted", cli.Failed, []string{"[a]", "out of paper"}, ""},
		{"another code", cli.OK, nil, `command "echo a": got exit code 1, want 0`},
		{"a text that is missing", cli.Failed, []string{"[a]", "ink"}, `command "echo a": got no "ink"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{TB: t}
			func() {
				defer func() { _ = recover() }()
				clitest.Run(r, echo(), "echo", "a").Want(tt.code, tt.texts...)
			}()
			if !strings.HasPrefix(r.failure, tt.want) || (tt.want == "") != (r.failure == "") || tt.want != "" && !strings.Contains(r.failure, "standard error:\nError: out of paper") {
				t.Errorf("got failure %q, want %q, and all that was written", r.failure, tt.want)
			}
		})
	}
}

func ExampleResult() {
	t := new(testing.T) // that of the test
	app := dewar.New("shop", dewar.StaticFolder(""))
	r := clitest.Run(t, cli.New(app), "routes")
	r.Want(cli.OK, "No routes were registered.")
}
