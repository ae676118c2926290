package debugpage

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// Markdown returns a report without the values of visitors and of the configuration: in their place stand placeholders.
func (p *Page) Markdown() string {
	var b strings.Builder
	impersonal := p.impersonal()
	fmt.Fprintf(&b, "# %d %s\n\n", p.Status, p.Title)
	fmt.Fprintf(&b, "Request: `%s`\n\n```\n%s\n```\n", impersonal(p.Request), impersonal(p.Error))
	if p.Cure != "" {
		fmt.Fprintf(&b, "\nCure: %s\n", impersonal(p.Cure))
	}
	for _, problem := range p.Problems {
		fmt.Fprintf(&b, "\n- %s\n", oneLine(problem.Error))
		if problem.Cure != "" {
			fmt.Fprintf(&b, "  Cure: %s\n", oneLine(problem.Cure))
		}
	}
	if len(p.Causes) > 0 {
		b.WriteString("\n## Causes\n\n")
		for _, c := range p.Causes {
			fmt.Fprintf(&b, "%s- `%s`: %s\n", strings.Repeat("  ", c.Depth), c.Type, oneLine(impersonal(c.Text)))
		}
	}
	if p.Template != nil {
		fmt.Fprintf(&b, "\n## Template %s, line %d\n\n%s", p.Template.Name, p.Template.Line, fenced("", p.Template.Lines))
	}
	p.reportStack(&b)
	if len(p.Rules) > 0 {
		b.WriteString("\n## Nearest rules\n\n")
		for _, r := range p.Rules {
			fmt.Fprintf(&b, "- `%s %s`: %s\n", r.Methods, r.Rule, impersonal(r.Reason))
		}
	}
	for _, s := range p.Sections {
		s.report(&b)
	}
	fmt.Fprintf(&b, "\n%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return b.String()
}

// impersonal returns what puts placeholders into a text in place of what the visitor has sent.
func (p *Page) impersonal() func(string) string {
	var pairs []string
	for _, value := range p.Values {
		if len(value) >= shortest {
			pairs = append(pairs, value, "<value>")
		}
	}
	return strings.NewReplacer(pairs...).Replace
}

func (p *Page) reportStack(b *strings.Builder) {
	if len(p.Stack) > 0 {
		b.WriteString("\n## Stack\n\n")
	}
	for _, g := range groups(p.Stack) {
		if !g.Own {
			fmt.Fprintf(b, "- %d calls of others, the first is `%s`\n", len(g.Frames), g.Frames[0].Function)
			continue
		}
		for _, f := range g.Frames {
			fmt.Fprintf(b, "- `%s` %s:%d\n", f.Function, short(f.File), f.Line)
			if i := hereIn(f.Lines); i >= 0 {
				fmt.Fprintf(b, "\n  ```go\n  %s\n  ```\n\n", strings.TrimSpace(f.Lines[i].Text))
			}
		}
	}
	if p.View != nil {
		fmt.Fprintf(b, "\n## View %s, %s:%d\n\n%s", p.View.Name, short(p.View.File), p.View.Line, fenced("go", p.View.Lines))
	}
}

// report writes the names of a section; values that are not the program's are placeholders.
func (s Section) report(b *strings.Builder) {
	if len(s.Rows) == 0 || s.Quiet {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", s.Name)
	for _, r := range s.Rows {
		value := "<value>"
		if r.Plain {
			value = r.Value
		}
		fmt.Fprintf(b, "- `%s`: %s", r.Name, value)
		if r.Source != "" {
			fmt.Fprintf(b, " (%s)", r.Source)
		}
		b.WriteByte('\n')
	}
}

func hereIn(lines []Line) int {
	for i, l := range lines {
		if l.Here {
			return i
		}
	}
	return -1
}

func fenced(language string, lines []Line) string {
	var b strings.Builder
	b.WriteString("```" + language + "\n")
	writeLines(&b, "", lines)
	b.WriteString("```\n")
	return b.String()
}

// writeLines writes lines with their numbers and a mark at the one that counts.
func writeLines(b *strings.Builder, indent string, lines []Line) {
	for _, l := range lines {
		mark := "  "
		if l.Here {
			mark = "> "
		}
		fmt.Fprintf(b, "%s%s%4d  %s\n", indent, mark, l.Number, strings.ReplaceAll(l.Text, "\t", "    "))
	}
}

// short returns the last two elements of a file name: what is before them is of this machine alone.
func short(file string) string {
	dir, name := filepath.Split(filepath.ToSlash(file))
	return filepath.Base(dir) + "/" + name
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// terminalFrames is how many frames of the program a terminal shows with their source.
const terminalFrames = 4

// Text returns a block of lines for a terminal.
func (p *Page) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s: %s\n\n", p.Status, p.Title, p.Request)
	b.WriteString(indented("  ", p.Error))
	if p.Cure != "" {
		b.WriteString(indented("  Cure: ", p.Cure))
	}
	for _, problem := range p.Problems {
		b.WriteString("\n" + indented("  ", problem.Error))
		if problem.Cure != "" {
			b.WriteString(indented("  Cure: ", problem.Cure))
		}
	}
	if len(p.Causes) > 1 {
		b.WriteString("\n")
		for _, c := range p.Causes[1:] {
			b.WriteString(indented("  because "+c.Type+": ", c.Text))
		}
	}
	if p.Template != nil {
		fmt.Fprintf(&b, "\n  template %s:%d\n", p.Template.Name, p.Template.Line)
		writeLines(&b, "  ", p.Template.Lines)
	}
	p.textStack(&b)
	for _, r := range p.Rules[:min(len(p.Rules), 5)] {
		fmt.Fprintf(&b, "\n  %s %s  %s\n    %s\n", r.Methods, r.Rule, r.Site, r.Reason)
	}
	return b.String()
}

func (p *Page) textStack(b *strings.Builder) {
	shown := 0
	for _, f := range p.Stack {
		if !f.Own || shown == terminalFrames {
			continue
		}
		fmt.Fprintf(b, "\n  %s  %s:%d\n", f.Function, f.File, f.Line)
		if i := hereIn(f.Lines); i >= 0 {
			writeLines(b, "  ", f.Lines[max(0, i-2):min(len(f.Lines), i+3)])
		}
		shown++
	}
	if n := len(p.Stack) - shown; n > 0 {
		fmt.Fprintf(b, "\n  and %d more calls\n", n)
	}
	if p.View != nil {
		fmt.Fprintf(b, "\n  in %s  %s:%d\n", p.View.Name, p.View.File, p.View.Line)
	}
}

// indented writes text with a first line that begins with prefix, and the others below it.
func indented(prefix, text string) string {
	pad := prefix[:len(prefix)-len(strings.TrimLeft(prefix, " "))]
	return prefix + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+pad+"  ") + "\n"
}
