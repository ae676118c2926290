// Package debugpage shows what went wrong with a request to whoever develops the application: as a page, as members of
// problem details, as a block of lines for a terminal and as a report to paste elsewhere. It knows nothing of requests;
// what is secret must be hidden in what it is given, see [Page.Scrub].
package debugpage

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"html/template"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/problem"
	"github.com/dewar-go/dewar/internal/redact"
)

// A Page is all that is shown. What is empty is left out.
type Page struct {
	Status   int       `json:"-"`
	Title    string    `json:"-"`       // that of the status
	Request  string    `json:"request"` // method and path
	Error    string    `json:"error"`
	Cure     string    `json:"cure,omitempty"`
	Problems []Problem `json:"problems,omitempty"` // where there is more than one
	Causes   []Cause   `json:"causes,omitempty"`   // the error first, then what it wraps
	Template *Excerpt  `json:"template,omitempty"`
	Stack    []Frame   `json:"stack,omitempty"`
	View     *Excerpt  `json:"view,omitempty"` // where there is no stack
	Rules    []Rule    `json:"rules,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	Values   []string  `json:"-"` // of the visitor, for which a report has placeholders
	Report   string    `json:"-"` // what [Page.Markdown] returns
}

// Details are problem details with the page as a member.
type Details struct {
	problem.Problem
	Debug *Page `json:"debug"`
}

// A Problem is one of several things that are wrong.
type Problem struct {
	Error string `json:"error"`
	Cure  string `json:"cure,omitempty"`
}

// A Cause is one error of a tree.
type Cause struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Depth int    `json:"depth"`
}

// A Frame is one call of a stack.
type Frame struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Own      bool   `json:"own"` // of the program itself
	Lines    []Line `json:"lines,omitempty"`
}

// An Excerpt is a part of a file.
type Excerpt struct {
	Name  string `json:"name"` // of the function or the template
	File  string `json:"file,omitempty"`
	Line  int    `json:"line"`
	Lines []Line `json:"lines,omitempty"`
}

// A Line is one line of a file.
type Line struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
	Here   bool   `json:"here,omitempty"`
}

// A Rule is a route that does not answer, and why.
type Rule struct {
	Methods string `json:"methods"`
	Rule    string `json:"rule"`
	Site    string `json:"site"`
	Reason  string `json:"reason"`
}

// A Section is a table.
type Section struct {
	Name  string `json:"name"`
	Rows  []Row  `json:"rows"`
	Quiet bool   `json:"-"` // not in a report
}

// A Row is a value that may be seen, and where it came from.
type Row struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source,omitempty"`
	Plain  bool   `json:"-"` // the value is the program's, not a visitor's, and may stand in a report
}

// shortest is how many bytes a secret has at least that is looked for everywhere.
const shortest = 6

// Scrub hides the secrets wherever they stand in the page: in messages, in lines of source, in values; also as %q, a URL or
// JSON writes them. Those that are shorter than six bytes stay.
func (p *Page) Scrub(secrets []string) {
	var pairs []string
	for _, s := range secrets {
		if len(s) < shortest {
			continue
		}
		for _, form := range formsOf(s) {
			pairs = append(pairs, form, redact.Mark)
		}
	}
	if len(pairs) > 0 {
		scrub(reflect.ValueOf(p).Elem(), strings.NewReplacer(pairs...))
	}
}

// formsOf returns a text as it is and as it is written in another one.
func formsOf(s string) []string {
	forms := []string{s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s)}
	for _, quoted := range []string{strconv.Quote(s), strconv.QuoteToASCII(s)} {
		forms = append(forms, quoted[1:len(quoted)-1])
	}
	if text, err := json.Marshal(s); err == nil {
		forms = append(forms, string(text[1:len(text)-1]))
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	return slices.Compact(forms)
}

func scrub(v reflect.Value, r *strings.Replacer) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.Replace(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			scrub(v.Field(i), r)
		}
	case reflect.Slice:
		for i := range v.Len() {
			scrub(v.Index(i), r)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			scrub(v.Elem(), r)
		}
	}
}

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string
)

// HTML returns the page.
func (p *Page) HTML() (string, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return "", err
	}
	p.Report = p.Markdown()
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		*Page
		CSS    template.CSS
		JS     template.JS
		Groups []group
		Go     string
	}{p, template.CSS(pageCSS), template.JS(pageJS), groups(p.Stack), runtime.Version()})
	return b.String(), err
}

// Policy returns the Content-Security-Policy under which the page works: nothing from elsewhere, no script but its own and
// those of the App.
func Policy() string {
	return "default-src 'none'; style-src 'self' '" + hash(pageCSS) + "'; script-src 'self' '" + hash(pageJS) +
		"'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// A group is frames that follow each other and are all the program's own, or all not.
type group struct {
	Own    bool
	Frames []Frame
}

func groups(frames []Frame) (all []group) {
	for _, f := range frames {
		if n := len(all); n > 0 && all[n-1].Own == f.Own {
			all[n-1].Frames = append(all[n-1].Frames, f)
			continue
		}
		all = append(all, group{f.Own, []Frame{f}})
	}
	return all
}
