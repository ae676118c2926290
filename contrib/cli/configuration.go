package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

func configCommand() *cobra.Command {
	var asJSON, changed, shared bool
	cmd := &cobra.Command{
		Use:   "config [KEY...]",
		Short: "Show the configuration, where it is from and what it is for",
		Long: "Show each key with its value and where that is from, or those that are named, with what they are for.\n" +
			"Secrets are never shown: a key that is declared as one or named like one, and those inside values.",
		Example:           "  $0 config --changed\n  $0 config SECRET_KEY MAX_CONTENT_LENGTH\n  $0 config --json | jq '.[] | select(.key == \"DEBUG\")'",
		ValidArgsFunction: completeKeys,
		RunE: func(cmd *cobra.Command, keys []string) error {
			if shared {
				return writeJSON(cmd.OutOrStdout(), strangler.Shared(App(cmd).Config))
			}
			settings, err := chosen(App(cmd), keys, changed)
			switch w := cmd.OutOrStdout(); {
			case err != nil:
				return err
			case asJSON:
				return writeJSON(w, settings)
			case len(keys) > 0:
				return writeSettings(w, settings)
			default:
				return writeConfig(w, settings)
			}
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&changed, "changed", false, "only keys that something has set")
	cmd.Flags().BoolVar(&shared, "shared", false, "print as JSON, for dewar migrate check, what a Flask application must have alike; of keys fingerprints")
	return cmd
}

// chosen returns the settings that are asked for.
func chosen(app *dewar.App, keys []string, changed bool) ([]dewar.Setting, error) {
	all := slices.Collect(app.Config.All())
	for i, key := range keys {
		keys[i] = strings.ToUpper(key)
		if !slices.ContainsFunc(all, func(s dewar.Setting) bool { return s.Key == keys[i] }) {
			return nil, misused("there is no key %s%s", keys[i], near(keys[i], all))
		}
	}
	settings := []dewar.Setting{}
	for _, s := range all {
		if (len(keys) == 0 || slices.Contains(keys, s.Key)) && (!changed || s.Source != "default") {
			settings = append(settings, s)
		}
	}
	return settings, nil
}

// near says which key may be meant.
func near(key string, all []dewar.Setting) string {
	for _, s := range all {
		if strings.Contains(s.Key, key) || strings.Contains(key, s.Key) {
			return "; did you mean " + s.Key + "?"
		}
	}
	return "; config without arguments lists them"
}

func writeConfig(w io.Writer, settings []dewar.Setting) error {
	if len(settings) == 0 {
		_, err := fmt.Fprintln(w, "Every key has its default.")
		return err
	}
	rows := make([][]string, len(settings))
	for i, s := range settings {
		rows[i] = []string{s.Key, s.Text(), s.Source}
	}
	return writeTable(w, []string{"Key", "Value", "Source"}, rows)
}

// writeSettings writes each setting with what it is for.
func writeSettings(w io.Writer, settings []dewar.Setting) error {
	for _, s := range settings {
		doc := ""
		if s.Doc != "" {
			doc = "  " + s.Doc + "\n"
		}
		if _, err := fmt.Fprintf(w, "%s\n%s", s, doc); err != nil {
			return err
		}
	}
	return nil
}

func completeKeys(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var keys []string
	for s := range App(cmd).Config.All() {
		keys = append(keys, s.Key+"\t"+s.Doc)
	}
	return keys, cobra.ShellCompDirectiveNoFileComp
}
