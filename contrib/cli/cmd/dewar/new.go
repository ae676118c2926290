package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/contrib/cli/internal/project"
)

const newLong = `Writes a small program into the folder NAME, which is made, or may be there if it is
empty: an application factory, two blueprints, a login with sessions, templates, styles,
tests, a Makefile, a Dockerfile, systemd units and continuous integration. It runs and
passes its tests as it is.`

const newExample = `  dewar new shop
  dewar new shop --database sqlite
  dewar new shop --module example.com/shop`

// newCommand is dewar new, which writes a new program.
func newCommand() *cobra.Command {
	var o project.Options
	cmd := &cobra.Command{
		Use:     "new NAME",
		Short:   "Write a new program",
		Long:    newLong,
		Example: newExample,
		Args:    oneName,
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Module, "module", "", "path of the module (default NAME)")
	database := flags.String("database", string(project.None), "where users are kept: none, sqlite or postgres")
	flags.StringVar(&o.Replace, "replace", "", "checkout of dewar to use in place of the published module (default the one that this tool was built from, if any)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.Database = project.Database(*database)
		dir, err := complete(&o, args[0], flags.Changed("replace"))
		if err != nil {
			return err
		}
		if err := project.Write(dir, o); err != nil {
			return err
		}
		return finish(cmd.Context(), cmd.OutOrStdout(), args[0], dir, o)
	}
	return cmd
}

// oneName wants the one argument.
func oneName(_ *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("dewar new needs the name of the program, such as dewar new shop")
	case len(args) > 1:
		return fmt.Errorf("dewar new takes one name and got %d: %q; join words with a dash, such as book-shop", len(args), args)
	}
	return nil
}

// complete fills in the options that follow from the argument and from the tool, and returns the folder. The argument may
// be a path; its last part is the name.
func complete(o *project.Options, arg string, replaced bool) (dir string, err error) {
	if arg == "" {
		return "", project.CheckName(arg)
	}
	dir, err = filepath.Abs(arg)
	if err != nil {
		return "", err
	}
	o.Name = filepath.Base(dir)
	if first, _, found := strings.Cut(filepath.ToSlash(arg), "/"); found && o.Module == "" && strings.Trim(first, ".") != "" && strings.Contains(first, ".") {
		return "", fmt.Errorf("%s looks like the path of a module; for that: dewar new %s --module %s", arg, o.Name, arg)
	}
	switch {
	case !replaced:
		o.Replace = project.Checkout()
	case o.Replace != "":
		if o.Replace, err = filepath.Abs(o.Replace); err != nil {
			return "", err
		}
		if err := project.CheckCheckout(o.Replace); err != nil {
			return "", fmt.Errorf("--replace: %w", err)
		}
	}
	return dir, nil
}

// finish has the go command complete go.mod and make go.sum, and says what to do next.
func finish(ctx context.Context, out io.Writer, arg, dir string, o project.Options) error {
	written, next := arg, "\n    cd "+arg+"\n"
	if filepath.Clean(arg) == "." {
		written, next = o.Name, "\n"
	}
	fmt.Fprintf(out, "Wrote %s. Looking for the modules that it needs ...\n", written)
	if err := tidy(ctx, arg, dir, o); err != nil {
		return fmt.Errorf("%s is written, but cannot be built yet: %w", arg, err)
	}
	if o.Database == project.Postgres {
		next += "    createdb " + o.Name + "\n"
	}
	next += "    " + devCommandLine() + "\n"
	if work := workspace(ctx, dir); work != "" {
		next = "\nThe workspace " + work + " does not know it yet:\n\n    go work use " + arg + "\n" + next
	}
	_, err := fmt.Fprint(out, "It is complete. Next:\n", next, "\nREADME.md in it says where things are.\n")
	return err
}

// devCommandLine is how dewar dev is called: by the tool, or, where it is not on the PATH, by the go command, which
// go.mod tells of it.
func devCommandLine() string {
	if _, err := exec.LookPath("dewar"); err != nil {
		return "go tool dewar dev"
	}
	return "dewar dev"
}

// tidy runs go mod tidy. Its error is what that said, and what to type.
func tidy(ctx context.Context, arg, dir string, o project.Options) error {
	said, err := goCommand(ctx, dir, "mod", "tidy")
	if err == nil {
		return nil
	}
	cure := "when the module proxy can be reached: cd " + arg + " && go mod tidy"
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("there is no go command on the PATH; install Go from https://go.dev/dl/, then: cd " + arg + " && go mod tidy")
	case o.Replace == "" && strings.Contains(said, project.Import):
		cure = fmt.Sprintf("the module %s was not found; clone it, remove the folder %s, and name the clone: dewar new %s --replace DIR",
			project.Import, arg, arg)
	}
	return fmt.Errorf("go mod tidy failed:\n%s\n%s", strings.TrimSpace(said), cure)
}

// workspace returns the go.work that would rule over the new program without knowing it, or "".
func workspace(ctx context.Context, dir string) string {
	file, err := goCommand(ctx, dir, "env", "GOWORK")
	if file = strings.TrimSpace(file); err != nil || file == "off" {
		return ""
	}
	return file
}

// goCommand runs the go command in a folder and returns all that it said.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	said, err := cmd.CombinedOutput()
	return string(said), err
}
