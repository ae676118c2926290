package rule_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

func TestSlip(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/a/{id:int}":            "",
		"/a/{id:[a-z]?[0-9]*}":   "",
		"/{a:any(\"?\", \"#\")}": "",
		"/a*b":                   "",
		"/100%":                  "",
		"/x[1]":                  "",
		"/{open":                 "",
		"/*":                     "write {path:path} for *",
		"/a/*rest":               "write {rest:path} for *rest",
		"/a/[id]/b":              "write {id} for [id]",
		"/a?b":                   "c.Query()",
		"/a#b":                   "fragment",
		"/a%20b/{id:int}":        `write "/a b/{id:int}"`,
	} {
		err := rule.Slip(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("Slip(%q) = %v, want %q", text, err, want)
		}
	}
}
