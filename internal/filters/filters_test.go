package filters

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	texttemplate "text/template"
	"time"
)

// A recording is what Jinja's filters make of some values; testdata/record.py makes it.
type recording struct {
	Cases []struct {
		Filter, Want, Refused string
		Args                  []any
		Value                 any
	}
}

// differences are the filters whose results are others here for a reason: what they are called with, and what they give.
var differences = map[string]string{
	`int 9 of <nil>`: "9", `int of <nil>`: "0", `float 9.5 of <nil>`: "9.5", `float of <nil>`: "0.0", // nil is a value that may be missing
	`default "none" of false`: "false",  // as Go writes it
	`filesizeformat of 1e+24`: "1.0 YB", // which Python compares as an integer
}

func TestFiltersAsJinja(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/jinja.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded recording
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&recorded); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, c := range recorded.Cases {
		if c.Filter == "tojson" { // of the App
			continue
		}
		used[c.Filter] = true
		value := native(c.Value)
		name := fmt.Sprintf("%s of %v", strings.Join(append([]string{c.Filter}, literals(c.Args)...), " "), value)
		want := c.Want
		if other, ok := differences[name]; ok {
			want = other
		}
		got, err := rendered(c.Filter, c.Args, value)
		switch {
		case err != nil:
			t.Errorf("%s: %v, want %q", name, err, want)
		case got != want:
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for name := range Funcs() {
		if own := []string{"nl2br", "date", "count"}; !used[name] && !slices.Contains(own, name) {
			t.Errorf("nothing of Jinja is recorded for %s", name)
		}
	}
}

// rendered returns what a page shows of a value by a filter, with references resolved.
func rendered(filter string, args []any, value any) (string, error) {
	source := "{{.x | " + strings.Join(append([]string{filter}, literals(args)...), " ") + " | shown}}"
	page, err := template.New("").Funcs(Funcs()).Funcs(template.FuncMap{"shown": show}).Parse(source)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = page.Execute(&b, map[string]any{"x": value})
	if filter == "urlize" {
		return b.String(), err
	}
	return html.UnescapeString(b.String()), err
}

// show writes lists as the recorder does, and all else as it is.
func show(value any) any {
	switch v := value.(type) {
	case group:
		return fmt.Sprintf("[%v %v]", v.Grouper, show(v.List))
	case map[string]any:
		return v["name"]
	case nil, string, template.HTML:
		return v
	}
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice {
		return value
	}
	parts := make([]string, v.Len())
	for i := range parts {
		parts[i] = fmt.Sprint(show(v.Index(i).Interface()))
	}
	return "[" + strings.Join(parts, " ") + "]"
}

func literals(args []any) (texts []string) {
	for _, arg := range args {
		if s, ok := arg.(string); ok {
			texts = append(texts, strconv.Quote(s))
			continue
		}
		texts = append(texts, fmt.Sprint(arg))
	}
	return texts
}

// native returns a value of JSON with numbers as programs have them.
func native(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := strconv.Atoi(string(v)); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = native(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = native(v[key])
		}
	}
	return value
}

type person struct {
	Name string
	Age  uint8
	Born time.Time
}

func (p *person) Initial() string { return p.Name[:1] }

func (p *person) Broken() (string, error) { return "", errors.New("out of order") }

// What Jinja has no values for: Go's types, nil, and what is of no use.
func TestFiltersOfGo(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 9, 17, 5, 0, 0, time.UTC)
	people := []*person{{"Eve", 30, day}, {"adam", 25, day.Add(-time.Hour)}}
	values := map[string]any{
		"people": people, "day": day, "dayp": &day, "none": (*time.Time)(nil), "zero": time.Time{}, "html": template.HTML("<b>x</b>"),
		"duration": 90 * time.Second, "typed": []string{"b", "a"}, "array": [2]int{2, 1}, "counts": map[string]int{"b": 1, "a": 2}, "nilp": (*person)(nil),
		"times": []time.Time{day, day.Add(-time.Hour)}, "holes": []*person{nil}, "mixed": []any{1, "a"}, "lists": [][]int{{1}}, "text": "one\ntwo <i>",
	}
	for _, tt := range []struct{ action, want string }{
		{`{{.day | date "2 January 2006, 15:04"}}`, "9 March 2026, 17:05"},
		{`{{.dayp | date "2006-01-02"}}{{.none | date "2006"}}{{.zero | date "2006"}}{{.missing | date "2006"}}`, "2026-03-09"},
		{`{{.day | date "%Y-%m-%d"}}`, `error: "2006-01-02" for %Y-%m-%d`},
		{`{{.text | date "2006"}}`, "error: date: a string is no time; give the page a time.Time"},
		{`{{.people | map "Name" | join ", "}}`, "Eve, adam"},
		{`{{.people | map "Initial" | join}}`, "Ea"},
		{`{{.people | join ", " "Name"}} {{.people | sum "Age"}}`, "Eve, adam 55"},
		{`{{range .people | sort "Name"}}{{.Name}} {{end}}`, "adam Eve "},
		{`{{range .people | sort true "Age"}}{{.Name}} {{end}}`, "Eve adam "},
		{`{{range .people | sort "Born"}}{{.Name}} {{end}}`, "adam Eve "},
		{`{{range .people | groupby "Age"}}{{.Grouper}}: {{range .List}}{{.Name}}{{end}} {{end}}`, "25: adam 30: Eve "},
		{`{{(first .people).Name}} {{(.people | last).Name}}`, "Eve adam"},
		{`{{.times | min | date "15"}} {{.times | max | date "15"}}`, "16 17"},
		{`{{.typed | sort | join}}{{.array | sum}}{{.counts | join "-"}}{{.counts | length}}`, "ab3a-b2"},
		{`{{.html | upper}} {{.html | trim}} {{.html | title}}`, "<B>X</B> <b>x</b> &lt;B&gt;x&lt;/b&gt;"},
		{`{{.duration | string}} {{.people | length}} {{.people | count}}`, "1m30s 2 2"},
		{`{{.text | nl2br}}`, "one<br>\ntwo &lt;i&gt;"},
		{`{{.missing | upper}}{{.missing | trim}}{{.missing | first}}{{.missing | join ", "}}{{.missing | length}}{{.missing | nl2br}}{{.missing | urlize}}`, "0"},
		{`{{.missing | default "none"}}{{default "none" .missing}}{{"" | default "x" true}}{{default 5 .array | join}}`, "nonenonex21"},
		{`{{.nilp | string}}`, ""},
		{`{{if gt (2.5 | round) 1.9}}yes{{end}} {{printf "%.2f" (1 | float)}}`, "yes 1.00"},
		{`<script>x = {{2.0 | round}}, {{"7" | int}}</script>`, "<script>x =  2.0 ,  7 </script>"},
		{`{{.people | map "Nmae"}}`, "error: map: a value of type *filters.person has no field or method Nmae"},
		{`{{.people | map "Broken"}}`, "error: out of order"},
		{`{{.holes | map "Name"}}`, "error: map: a value of type *filters.person has no field or method Name"},
		{`{{.mixed | sort}}`, "error: these items cannot be put in order"},
		{`{{.mixed | sum}}`, "error: sum: an item is no number"},
		{`{{.lists | unique}}`, "error: unique: these items cannot be compared"},
		{`{{5 | join ", "}}`, "error: join: a int is no list; give the page a slice"},
		{`{{"x" | round}}`, "error: round: a string is no number"},
		{`{{.day | round}}`, "error: round: a time.Time is no number"},
		{`{{1 | round 1 "up"}}`, `error: round: no method "up"; want common, ceil or floor`},
		{`{{"x" | truncate "20"}}`, "error: truncate: argument 1 is a string; want a int, as in {{.x | truncate 80}}"},
		{`{{"x" | truncate 1 2 3 4 5 6}}`, "error: truncate has too few or too many arguments"},
		{`{{"x" | truncate 2}}`, "error: truncate: want a length of 3 or more"},
		{`{{"x" | center 1000000000}}`, "error: center: want a width of 10000 or less"},
		{`{{"x" | indent 1000000000}}`, "error: indent: want 0 to 1000 spaces"},
		{`{{.typed | batch 0}}`, "error: batch: want a size from 1 to 10000"},
		{`{{"x" | filesizeformat}}`, "error: filesizeformat: a string is no number"},
	} {
		var b strings.Builder
		err := template.Must(template.New("").Funcs(Funcs()).Parse(tt.action)).Execute(&b, values)
		switch wanted, isError := strings.CutPrefix(tt.want, "error: "); {
		case isError && (err == nil || !strings.Contains(err.Error(), wanted)):
			t.Errorf("%s: got %q, %v, want the error %q", tt.action, &b, err, wanted)
		case !isError && (err != nil || b.String() != tt.want):
			t.Errorf("%s: got %q, %v, want %q", tt.action, &b, err, tt.want)
		}
	}
}

// Whatever is given to a filter, it returns, and what it calls HTML has no tags but its own.
func FuzzFilters(f *testing.F) {
	for _, seed := range []string{"", "http://example.com/?a=\"b", "<script>", "a@b.cc&#x;", "www.\xff.com", "日本 語", "&lt;http://x.com&gt;", "%zz"} {
		f.Add(seed, 3)
	}
	var pages []*texttemplate.Template
	for _, name := range slices.Sorted(maps.Keys(Funcs())) {
		for _, call := range []string{name, name + " .n", name + " .s", name + " .n .s", name + " .s .n"} {
			for _, value := range []string{".s", ".n", ".list", ".none"} {
				pages = append(pages, texttemplate.Must(texttemplate.New("").Funcs(Funcs()).Parse("{{"+value+" | "+call+"}}")))
			}
		}
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		for _, page := range pages {
			_ = page.Execute(io.Discard, map[string]any{"s": s, "n": n, "list": []any{s, n, nil}})
		}
		for _, markup := range []template.HTML{nl2br(s), must(urlize(s)), must(urlize(n%50, true, s, s))} {
			rest := strings.NewReplacer("<br>", "", "</a>", "").Replace(string(markup))
			for _, open := range strings.Split(rest, "<")[1:] {
				if tag, _, closed := strings.Cut(open, ">"); !closed || !strings.HasPrefix(tag, `a href="`) || strings.Count(tag, `"`)%2 != 0 || strings.Contains(tag, "'") {
					t.Errorf("%q becomes %q", s, markup)
				}
			}
		}
	})
}

func must(markup template.HTML, err error) template.HTML {
	if err != nil {
		return ""
	}
	return markup
}

// What is HTML already comes from a sanitizer as a rule, whose attributes may have any text.
func TestMarkupKeepsItsTags(t *testing.T) {
	t.Parallel()
	const tag = `<p title=" http://a.com/onmouseover=alert(1)// &quot;>" class='www.b.com >'>`
	for _, tt := range []struct{ name, got, want string }{
		{"links", string(must(urlize(template.HTML(tag + "www.c.com</p>")))), tag + `<a href="https://www.c.com" rel="noopener">www.c.com</a></p>`},
		{"a comment", string(must(urlize(template.HTML("<!-- it's www.a.com > --> www.b.com")))), `<!-- it's www.a.com > --> <a href="https://www.b.com" rel="noopener">www.b.com</a>`},
		{"a tag without an end", string(must(urlize(template.HTML(`<p title=" www.a.com `)))), `<p title=" www.a.com `},
		{"no tag", string(must(urlize(template.HTML("1 < www.a.com")))), `1 < <a href="https://www.a.com" rel="noopener">www.a.com</a>`},
		{"new lines", string(nl2br(template.HTML("<p\ntitle='a\nb'>a\nb</p>"))), "<p\ntitle='a\nb'>a<br>\nb</p>"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, tt.got, tt.want)
		}
	}
}

func TestUrlizeTakesBracketsInOneGo(t *testing.T) {
	word := "a" + strings.Repeat("(", 2000) + strings.Repeat(")", 2000)
	if got := string(must(urlize(word))); got != word {
		t.Errorf("got %s", got)
	}
	if n := testing.AllocsPerRun(10, func() { _, _ = urlize(word) }); n > 100 {
		t.Errorf("%v allocations for one word: each bracket copies it", n)
	}
}
