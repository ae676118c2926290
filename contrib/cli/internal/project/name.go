package project

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxName is how long a name may be: what a host name, a container image and a systemd unit take.
const maxName = 63

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_-]*[a-z0-9]$|^[a-z]$`)
	elementForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]*$`)
	bareForm    = regexp.MustCompile(`^[A-Za-z0-9._~/@:+-]+$`)
)

// taken are names that the go command, or Windows, keeps for itself.
var taken = strings.Fields(`
	all cmd internal main std test testdata tool vendor work example
	con prn aux nul com0 com1 com2 com3 com4 com5 com6 com7 com8 com9 lpt0 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9`)

// standard are the first parts of the import paths of the standard library.
var standard = strings.Fields(`
	archive arena bufio builtin bytes cmp compress container context crypto database debug embed encoding errors expvar
	flag fmt go hash html image index io iter log maps math mime net os path plugin reflect regexp runtime slices sort
	strconv strings structs sync syscall testing text time unicode unique unsafe uuid weak`)

// CheckName returns an error that says what to choose, unless name can be that of a program: a folder, a binary, a
// container image, a systemd unit. That is 1 to 63 lower-case letters, digits, dashes and underscores, the first of them
// a letter and the last no dash or underscore, and no name that is kept for others.
func CheckName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("the name is empty; choose one such as shop")
	case len(name) > maxName:
		return fmt.Errorf("the name has %d characters; choose one of at most %d", len(name), maxName)
	case !nameForm.MatchString(name):
		return fmt.Errorf("%q cannot be the name of a program; %s", name, nameCure(name))
	case slices.Contains(taken, name):
		return fmt.Errorf("the name %s is kept for the go command or for Windows; choose another one, such as %s-app", name, name)
	}
	return nil
}

// nameCure proposes what is left of a name without all that is not allowed.
func nameCure(name string) string {
	near := strings.Trim(regexp.MustCompile(`[^a-z0-9_-]+`).ReplaceAllString(strings.ToLower(name), "-"), "-_0123456789")
	if nameForm.MatchString(near) && !slices.Contains(taken, near) {
		return "choose " + near
	}
	return "choose lower-case letters, digits and dashes, with a letter first, such as shop"
}

// CheckModule returns an error that says what to choose, unless path can be the path of a module that is none of the
// standard library.
func CheckModule(path string) error {
	elements := strings.Split(path, "/")
	for _, element := range elements {
		base, _, _ := strings.Cut(strings.ToLower(element), ".")
		if !elementForm.MatchString(element) || strings.HasSuffix(element, ".") || slices.Contains(taken, base) && len(base) > 0 && len(elements) == 1 {
			return fmt.Errorf("%q cannot be the path of a module; choose one such as example.com/shop with --module", path)
		}
	}
	if slices.Contains(standard, elements[0]) {
		return fmt.Errorf("the module path %s is one of the standard library; choose another one with --module, such as example.com/%s",
			path, elements[len(elements)-1])
	}
	return nil
}

func checkDatabase(d Database) error {
	if d == None || d == SQLite || d == Postgres {
		return nil
	}
	return fmt.Errorf("the database %q is unknown; choose %s, %s or %s", string(d), None, SQLite, Postgres)
}

// modString writes a text as go.mod takes it: as it is, or in quotes.
func modString(text string) string {
	if bareForm.MatchString(text) && !strings.Contains(text, "//") {
		return text
	}
	return strconv.Quote(text)
}
