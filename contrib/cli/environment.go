package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// fromEnvironment sets the options of cmd that were not given, and that the environment has.
func fromEnvironment(cmd *cobra.Command) error {
	var problems []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || f.Name == "help" || f.Name == "version" {
			return
		}
		name := variable(ownerOf(cmd, f), f.Name)
		text := os.Getenv(name)
		if text == "" {
			return
		}
		if f.Value.Type() == "bool" {
			text = switched(text)
		}
		if err := cmd.Flags().Set(f.Name, text); err != nil { // its text has the value, which may be a secret
			problems = append(problems, fmt.Errorf("the environment variable %s does not fit --%s, which takes a value of type %s", name, f.Name, f.Value.Type()))
		}
	})
	return errors.Join(problems...)
}

// ownerOf returns the command that an option was declared for: cmd, or one above it.
func ownerOf(cmd *cobra.Command, f *pflag.Flag) *cobra.Command {
	for c := cmd.Parent(); c != nil; c = c.Parent() {
		if c.PersistentFlags().Lookup(f.Name) == f {
			return c
		}
	}
	return cmd
}

// variable returns the name of the environment variable for an option of cmd.
func variable(cmd *cobra.Command, option string) string {
	name := option
	for ; cmd.HasParent(); cmd = cmd.Parent() {
		name = cmd.Name() + "_" + name
	}
	return "FLASK_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// switched returns what the words for on and off mean to a switch.
func switched(text string) string {
	switch strings.ToLower(text) {
	case "yes", "y", "on":
		return "true"
	case "no", "n", "off":
		return "false"
	}
	return text
}
