// Package filters is the filters, tests and global functions of Jinja 3.1.
package filters

import "github.com/dewar-go/dewar/contrib/jinja/internal/value"

// Filters returns the 54 filters by name, Tests the tests and Globals range, dict, lipsum, cycler, joiner and namespace. A filter's first parameter is
// the value. The maps are the caller's.
func Filters() map[string]*value.Function { panic("not written yet") }
func Tests() map[string]*value.Function   { panic("not written yet") }
func Globals() map[string]any             { panic("not written yet") }
