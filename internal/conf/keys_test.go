package conf

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/redact"
)

var update = flag.Bool("update", false, "write generated parts of files anew")

const (
	docsFile  = "../../docs/config.md"
	keysBegin = "<!-- keys: go test -run TestDocsListTheKeys -update ./internal/conf -->\n"
	keysEnd   = "<!-- end of keys -->\n"
)

// keyTable returns the built-in keys as a table of the docs.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | type | default | what it is for |\n| --- | --- | --- | --- |\n")
	for i := range builtin {
		spec := &builtin[i]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", spec.name, spec.kind, keyDefault(spec.def), spec.doc)
	}
	return b.String()
}

func keyDefault(def any) string {
	switch def := def.(type) {
	case nil:
		return "unset"
	case time.Duration:
		if days := def / (24 * time.Hour); days > 0 && def%(24*time.Hour) == 0 {
			return fmt.Sprintf("%d days", days)
		}
	}
	return fmt.Sprintf("`%v`", def)
}

func TestDocsListTheKeys(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), keysBegin)
	got, after, closed := strings.Cut(rest, keysEnd)
	if !found || !closed {
		t.Fatalf("%s has no place for the keys", docsFile)
	}
	want := keyTable()
	if *update {
		if err := os.WriteFile(docsFile, []byte(before+keysBegin+want+keysEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s lists\n%s\nwant\n%s\nrun go test -run TestDocsListTheKeys -update ./internal/conf", docsFile, got, want)
	}
}

// TestKeysAreInOrderAndExplained keeps the table of keys readable.
func TestKeysAreInOrderAndExplained(t *testing.T) {
	t.Parallel()
	turns := 0
	for i := range builtin {
		spec := &builtin[i]
		if spec.doc == "" || strings.HasSuffix(spec.doc, ".") || strings.Contains(spec.doc, "|") {
			t.Errorf("%s: got the explanation %q, want one line without a full stop", spec.name, spec.doc)
		}
		if i > 0 && spec.name <= builtin[i-1].name {
			turns++
		}
		if _, err := spec.convert(spec.def); err != nil {
			t.Errorf("%s: its default does not fit: %v", spec.name, err)
		}
	}
	if turns != 1 {
		t.Errorf("the order of keys starts again %d times, want once: Flask's, then dewar's own", turns)
	}
}

func TestBuiltinSecretsAreNamedSo(t *testing.T) {
	t.Parallel()
	for i := range builtin {
		if spec := builtin[i]; redact.Secret(spec.name, spec.def) != spec.secret {
			t.Errorf("%s: secret by its name %v, declared so %v", spec.name, redact.Secret(spec.name, spec.def), spec.secret)
		}
	}
}
