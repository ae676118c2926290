// Package clitest runs commands of [cli] in tests, as Flask's test_cli_runner does.
package clitest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/contrib/cli"
)

// Result is what a command has left. Flask has output and exit_code.
type Result struct {
	// Output is what it wrote to standard output: to cmd.OutOrStdout.
	Output string
	// Stderr is what it wrote to standard error, such as the report of its error.
	Stderr string
	// Code is the exit code: [cli.OK], [cli.Failed], [cli.Misused], or what its error says.
	Code int

	t    testing.TB
	args []string
}

// Run runs a command in process, as the program would with args. root is a fresh tree of [cli.New]: one that was run keeps
// its options. Standard input is empty, unless root.SetIn gave another; the context is that of t.
//
//	clitest.Run(t, cli.New(app, commands()...), "users", "add", "ada").Want(cli.OK, "added ada")
//
// What a command writes to os.Stdout itself is not in the Result.
func Run(t testing.TB, root *cobra.Command, args ...string) *Result {
	t.Helper()
	var out, problems bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&problems)
	if root.InOrStdin() == io.Reader(os.Stdin) {
		root.SetIn(strings.NewReader(""))
	}
	root.SetArgs(append([]string{}, args...)) // nil would mean those of the test program
	code := cli.Run(t.Context(), root)
	return &Result{Output: out.String(), Stderr: problems.String(), Code: code, t: t, args: args}
}

// Want fails the test now unless the exit code is code and each of texts is in Output or Stderr. It returns r.
func (r *Result) Want(code int, texts ...string) *Result {
	r.t.Helper()
	if r.Code != code {
		r.t.Fatalf("%s: got exit code %d, want %d\n%s", r.command(), r.Code, code, r)
	}
	for _, text := range texts {
		if !strings.Contains(r.Output, text) && !strings.Contains(r.Stderr, text) {
			r.t.Fatalf("%s: got no %q\n%s", r.command(), text, r)
		}
	}
	return r
}

func (r *Result) command() string { return fmt.Sprintf("command %q", strings.Join(r.args, " ")) }

// String returns all that was written.
func (r *Result) String() string {
	return fmt.Sprintf("standard output:\n%s\nstandard error:\n%s", r.Output, r.Stderr)
}
