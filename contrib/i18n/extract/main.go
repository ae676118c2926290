// Extract writes the messages of Go source and of templates, of html/template and of Jinja, into a template of catalogs, a .pot file:
//
//	go run github.com/dewar-go/dewar/contrib/i18n/extract -o messages.pot .
//
// It reads all files below the folders that it is given, but for tests, vendor, testdata and what begins with a dot or an underscore. In Go a message is the text of
// a call of Gettext, NGettext, PGettext, NPGettext, Lazy, LazyN, LazyP or N_, in templates that of _, gettext, ngettext, pgettext or
// npgettext, and of {% trans %}. It must be constant; a call whose text is computed is said.
//
// Functions of the program that translate are named by -k, with the argument that is the text, from 1, which is the default, and that of a plural:
//
//	extract -k flash:2 -k _l -k count:2,3 -o messages.pot .
//
// In files that import dewar's forms, the tags label, description, placeholder and message of structs, and the texts of Fail, are messages too. -forms
// adds what that package says by itself, such as "This field is required."
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
	found := messages{functions: inGo()}
	flags.Func("k", "a function of Go that translates and the argument that is its text, such as flash:2; may be given several times", found.keyword)
	withForms := flags.Bool("forms", false, "add what package forms says of fields that are not right")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folders := flags.Args()
	if len(folders) == 0 {
		folders = []string{"."}
	}
	for _, folder := range folders {
		if err := found.folder(folder); err != nil {
			return err
		}
	}
	if *withForms {
		found.builtIn()
	}
	for _, note := range found.notes {
		_, _ = fmt.Fprintln(stderr, note)
	}
	if *name == "" {
		return found.write(stdout)
	}
	return found.save(*name)
}
