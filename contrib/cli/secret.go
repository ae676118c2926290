package cli

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

// keyBytes is how many random bytes a new key has.
const keyBytes = 32

// A rotation puts a new key into a file.
type rotation struct {
	wanted         bool
	file, variable string
	keep           int
}

func secretCommand() *cobra.Command {
	var o rotation
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Make a new SECRET_KEY",
		Long: "Print a new random key for SECRET_KEY.\n\n" +
			"--rotate writes it to a .env file instead and puts the old one first among the fallbacks, so that sessions which it has\n" +
			"signed stay valid. The file changes at one moment and keeps its comments and its mode. Start the program again after it,\n" +
			"and drop old keys with --keep when PERMANENT_SESSION_LIFETIME has passed.",
		Example: "  $0 secret\n  $0 secret --rotate\n  $0 secret --rotate --env-file /etc/shop.env --keep 2",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.wanted {
				return o.rotate(cmd)
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), newKey())
			return err
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&o.wanted, "rotate", false, "write the new key to a .env file, and the old one to its fallbacks")
	flags.StringVar(&o.file, "env-file", ".env", "the file for --rotate")
	flags.StringVar(&o.variable, "variable", "FLASK_SECRET_KEY", "the variable of the key; that of the fallbacks ends in _FALLBACKS")
	flags.IntVar(&o.keep, "keep", -1, "how many old keys to keep, the newest; -1 for all")
	_ = cmd.MarkFlagFilename("env-file")
	return cmd
}

// newKey returns a key that cannot be guessed.
func newKey() string {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // it never fails
	return hex.EncodeToString(key)
}

func (o *rotation) rotate(cmd *cobra.Command) error {
	if o.keep < -1 {
		return misused("--keep %d: want how many old keys to keep, or -1 for all", o.keep)
	}
	values, err := dewar.ReadDotenv(o.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := o.check(App(cmd), values); err != nil {
		return err
	}
	old, err := o.oldKeys(values)
	if err != nil {
		return err
	}
	fresh := map[string]string{o.variable: newKey()}
	if _, there := values[o.fallbacks()]; there || len(old) > 0 {
		text, err := json.Marshal(old)
		if err != nil {
			return err
		}
		fresh[o.fallbacks()] = string(text)
	}
	if err := dewar.SetDotenv(o.file, fresh); err != nil {
		return err
	}
	kept := counted(len(old), "old key", "old keys")
	switch {
	case values[o.variable] == "":
		kept = "had none"
	case len(old) == 0:
		kept = "no old key, so everybody has to log in again"
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s has a new %s and %s. Start the program again.\n", o.file, o.variable, kept)
	return nil
}

func (o *rotation) fallbacks() string { return o.variable + "_FALLBACKS" }

// check refuses to rotate a key that the program does not take from the file: all sessions would end, or nothing would change.
func (o *rotation) check(app *dewar.App, values map[string]string) error {
	used, inFile := app.Config.String("SECRET_KEY"), values[o.variable]
	_, elsewhere := values[o.variable+"_FILE"]
	switch {
	case elsewhere:
		return fmt.Errorf("%s has %s_FILE, so the key is in a file of its own; put what %s prints into that file, and the old key into SECRET_KEY_FALLBACKS",
			o.file, o.variable, "secret")
	case used != "" && used != inFile:
		return fmt.Errorf("the program takes SECRET_KEY from %s, and not from %s; rotate it there, or name another file with --env-file",
			app.Config.Source("SECRET_KEY"), o.file)
	}
	return nil
}

// oldKeys returns the keys that the fallbacks are to have, the newest first.
func (o *rotation) oldKeys(values map[string]string) ([]string, error) {
	old, err := parseKeys(values[o.fallbacks()])
	if err != nil {
		return nil, fmt.Errorf("%s: %s is no list of keys; write it in JSON, as in '[\"older\",\"oldest\"]'", o.file, o.fallbacks())
	}
	if key := values[o.variable]; key != "" {
		old = append([]string{key}, slices.DeleteFunc(old, func(k string) bool { return k == key })...)
	}
	if o.keep >= 0 {
		old = old[:min(o.keep, len(old))]
	}
	return old, nil
}

// parseKeys reads a list as the configuration does: JSON, or texts between commas.
func parseKeys(text string) ([]string, error) {
	text = strings.TrimSpace(text)
	keys := []string{}
	if strings.HasPrefix(text, "[") {
		err := json.Unmarshal([]byte(text), &keys)
		return keys, err
	}
	for key := range strings.SplitSeq(text, ",") {
		if key = strings.TrimSpace(key); key != "" {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// counted returns a number of things in words.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
