package openapi_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"regexp"
	"testing"

	"github.com/dewar-go/dewar"
)

// TestPatternsMeanTheSameInJavaScript asks JavaScript what the patterns of the document match.
func TestPatternsMeanTheSameInJavaScript(t *testing.T) {
	t.Parallel()
	needValidators(t)
	patterns := []string{
		`[a-z]+`, `(?i)straße`, `a|bc`, `(a|b)c`, `(?:ab)*`, `\d{3}-\d{2,}`, `\w+@\w+\.[a-z]{2,3}`, `[^/]+`, `.`, `(?s).`, `a.c`, `\pL+`, `\p{Greek}`, `[[:upper:]]{2}`,
		`\Aab\z`, `(?m)^a$\nb`, `a+?b`, `x{2}`, `[-\]\\^]`, `\Qa.b\E`, `\x{1F600}`, `a/b`, `(?P<year>\d{4})`, `\bab\b`, `[^\x00-\x7F]+`, `a{0,2}b`, `(?i)[k-s]`, `\$\{x\}`, ``, `(ab)?`, `((a)|b)+`,
	}
	texts := []string{
		"", "a", "b", "ab", "abab", "abc", "ac", "bc", "a.c", "a\nc", "a\nb", "\n", "STRASSE", "Straße", "straẞe", "123-45", "12-3", "ann@example.com", "a/b", "ä", "αβγ", "AB", "]", "\\", "-", "^",
		"a.b", "axb", "😀", "2026", "xx", "aab", "b", "K", "K", "ſ", "${x}", "abba",
	}
	type pair struct {
		Pattern string   `json:"pattern"`
		Texts   []string `json:"texts"`
	}
	var asked []pair
	for _, p := range patterns {
		_, api := newAPI(t)
		app := api.App()
		app.Converter("x", pattern(p))
		api.Get("/{x:x}", noOut)
		var text string
		if err := json.Unmarshal([]byte(at(t, api, "paths", "/{x}", "get", "parameters", 0, "schema", "pattern")), &text); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, pair{text, texts})
	}
	input, err := json.Marshal(asked)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "-e", `
		const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
		console.log(JSON.stringify(asked.map(a => a.texts.map(text => new RegExp(a.pattern, "u").test(text)))));`)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var matches [][]bool
	if err := json.Unmarshal(out, &matches); err != nil {
		t.Fatal(err)
	}
	for i, p := range patterns {
		re := regexp.MustCompile(`^(?:` + p + `)$`)
		for j, text := range texts {
			if want := re.MatchString(text); matches[i][j] != want {
				t.Errorf("%q, written %q, on %q: JavaScript says %v, Go %v", p, asked[i].Pattern, text, matches[i][j], want)
			}
		}
	}
}

// A pattern is a converter of a regular expression.
type pattern string

func (p pattern) Pattern() string              { return string(p) }
func (pattern) Parse(text string) (any, error) { return text, nil }
func (pattern) Format(v any) (string, error)   { return "", nil }

var _ dewar.Converter = pattern("")
