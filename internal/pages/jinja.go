package pages

import (
	"fmt"
	"regexp"
	"strings"
)

// jinja finds a statement of Jinja, which would be sent to visitors as it stands.
var jinja = regexp.MustCompile(`\{%[-+]?\s*(extends|block|endblock|if|elif|else|endif|for|endfor|include|import|from|macro|set|with|call|filter)\b`)

// refuseJinja finds the templates that were taken over from Flask and not yet translated.
func refuseJinja(name, source string) error {
	at := jinja.FindStringSubmatchIndex(source)
	if at == nil {
		return nil
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
	return fmt.Errorf("template %s:%d: {%% %s %%} is Jinja; write %s", name, line, word, cure)
}
