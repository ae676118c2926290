package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
)

// Import is the path that programs import dewar by.
const Import = "github.com/dewar-go/dewar"

var moduleLine = regexp.MustCompile(`(?m)^module ` + regexp.QuoteMeta(Import) + `\s*$`)

// CheckCheckout returns an error unless dir is a checkout of dewar with the modules that a new program needs.
func CheckCheckout(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || !moduleLine.Match(text) {
		return fmt.Errorf("%s is no checkout of dewar: it has no go.mod of the module %s; name the folder that has", dir, Import)
	}
	for _, module := range []string{"cli", "password"} {
		if _, err := os.Stat(filepath.Join(dir, "contrib", module, "go.mod")); err != nil {
			return errors.New("the checkout of dewar in " + dir + " has no contrib/" + module + "; name one that is complete")
		}
	}
	return nil
}

// Checkout returns the checkout of dewar that this program was built from, or "" if there is none: it was built from the
// published module, or elsewhere, or with -trimpath.
func Checkout() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return ""
	}
	dir := filepath.Dir(file) // contrib/cli/internal/project
	for range 4 {
		dir = filepath.Dir(dir)
	}
	if CheckCheckout(dir) != nil {
		return ""
	}
	return dir
}
