package pages

import (
	"fmt"
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// jinja finds a statement of Jinja, which would be sent to visitors as it stands.
var jinja = lazyregexp.New(`\{%[-+]?\s*(extends|block|endblock|if|elif|else|endif|for|endfor|include|import|from|macro|set|with|call|filter)\b`)

// jinjaComment finds a comment of Jinja.
var jinjaComment = lazyregexp.New(`\{#[-\s][^{}]*?#\}`)

// infixWord finds and and or between two values. The parser takes the word for an argument.
var infixWord = lazyregexp.New(`^((?:else )?if |with )?\s*([.$][\w.]*)\s+(and|or)\s+([.$][\w.]*)$`)

func infix(name, source string) error {
	for _, a := range actions(source) {
		if m := infixWord.FindStringSubmatch(a.text); m != nil {
			return fmt.Errorf("template %s:%d: %q stands between its values; write {{%s%s %s %s}}", name, a.line, m[3], m[1], m[3], m[2], m[4])
		}
	}
	return nil
}

// refuseJinja finds the templates that were taken over from Flask and not yet translated.
func refuseJinja(name, source string) error {
	if at := jinjaComment.FindStringIndex(source); at != nil {
		return fmt.Errorf("template %s:%d: {# #} is Jinja and would be shown; write {{/* a comment */}}", name, 1+strings.Count(source[:at[0]], "\n"))
	}
	at := jinja.FindStringSubmatchIndex(source)
	if at == nil {
		return infix(name, source)
	}
	line := 1 + strings.Count(source[:at[0]], "\n")
	word := source[at[2]:at[3]]
	cure := map[string]string{
		"extends": `{{template "base.html" .}}`, "block": `{{block "name" .}} in the layout and {{define "name"}} in the page`,
		"include": `{{template "part.html" .}}`, "for": "{{range .items}}", "if": "{{if .x}}",
	}[word]
	if cure == "" {
		cure = "the statements of package text/template"
	}
	return fmt.Errorf("template %s:%d: {%% %s %%} is Jinja; write %s, or render Jinja: app.Renderer = &jinja.Renderer{}, of contrib/jinja", name, line, word, cure)
}
