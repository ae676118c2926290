// Extract writes the messages of Go source and of templates, of html/template and of Jinja, into a template of catalogs, a .pot file:
//
//	go run github.com/dewar-go/dewar/contrib/i18n/extract -o messages.pot .
//
// It reads all files below the folders that it is given, but for tests, vendor, testdata and what begins with a dot or an underscore. In Go a message is the text of
// a call of Gettext, NGettext, PGettext, NPGettext, Lazy, LazyN, LazyP or N_, in templates that of _, gettext, ngettext, pgettext or
// npgettext, and of {% trans %}. It must be constant; a call whose text is computed is said.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "extract:", err)
		}
		os.Exit(1)
	}
}

// run extracts what the arguments say.
func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("extract", flag.ContinueOnError)
	flags.SetOutput(stderr)
	name := flags.String("o", "", "the file to write; without it the standard output")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folders := flags.Args()
	if len(folders) == 0 {
		folders = []string{"."}
	}
	var found messages
	for _, folder := range folders {
		if err := found.folder(folder); err != nil {
			return err
		}
	}
	for _, note := range found.notes {
		_, _ = fmt.Fprintln(stderr, note)
	}
	if *name == "" {
		return found.write(stdout)
	}
	return found.save(*name)
}
