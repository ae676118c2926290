package jinja_test

import (
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
)

func TestValuesOfPython(t *testing.T) {
	data := func() dewar.Map {
		return dewar.Map{
			"stats": jinja.NewDict("views", 10, "likes", 3, 7, "seven"),
			"pair":  jinja.Tuple{"a", 1},
			"day":   jinja.DateOf(time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)),
		}
	}
	for _, tt := range []struct{ source, want string }{
		{"{{ stats }}", "{'views': 10, 'likes': 3, 7: 'seven'}"},
		{"{% for k, v in stats.items() %}{{ k }}={{ v }};{% endfor %}", "views=10;likes=3;7=seven;"},
		{"{{ stats.likes }} {{ stats['views'] }} {{ stats[7] }} {{ stats|length }} {{ 'likes' in stats }}", "3 10 seven 3 True"},
		{"{{ pair }} {{ pair == ('a', 1) }} {{ '%s=%s' % pair }}", "('a', 1) True a=1"},
		{"{{ day }} {{ day.strftime('%d.%m.%Y') }} {{ day.year }} {{ day.isoformat() }}", "2026-01-02 02.01.2026 2026 2026-01-02"},
		{"{{ day|tojson }}", `"Fri, 02 Jan 2026 00:00:00 GMT"`},
	} {
		if got, err := render(t, &jinja.Renderer{Parity: true, Autoescape: func(string) bool { return false }}, tt.source, data()); got != tt.want || err != nil {
			t.Errorf("%s gives %q, %v, want %q", tt.source, got, err, tt.want)
		}
	}
}

func TestNewDictRefusesWhatIsNoPair(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pairs []any
		want  string
	}{
		{"a key without a value", []any{"a", 1, "b"}, "the key b without a value"},
		{"a key that Python refuses", []any{[]int{1}, 1}, "[]int as a key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, tt.want) {
					t.Errorf("panics with %s, want %s", got, tt.want)
				}
			}()
			jinja.NewDict(tt.pairs...)
		})
	}
}

type label struct{ name string }

func TestInDebugAnUnexportedFieldIsAnErrorWithItsCure(t *testing.T) {
	for _, debug := range []bool{true, false} {
		app := newApp(t, &jinja.Renderer{}, "tags.html", "\n{{ tags|map(attribute='name')|join(', ') }}")
		if err := app.Config.Update(dewar.Map{"DEBUG": debug}); err != nil {
			t.Fatal(err)
		}
		app.Get("/tags", func(c *dewar.Context) error { return c.Render("tags.html", dewar.Map{"tags": []label{{"a"}, {"b"}}}) })
		w := get(app, "/tags")
		const cure = "label has a field name that is unexported; write Name"
		if said := strings.Contains(w.Body.String(), cure); said != debug || w.Code == 200 == debug {
			t.Errorf("DEBUG %v: got %d\n%s", debug, w.Code, w.Body)
		}
	}
}

// faulty is a filter that panics.
func faulty(string) string { panic("out of letters") }

func TestAPanicOfAFilterShowsItsStack(t *testing.T) {
	app := newApp(t, &jinja.Renderer{Filters: map[string]any{"faulty": faulty}}, "a.html", "\n{{ 'x'|faulty }}")
	if err := app.Config.Update(dewar.Map{"DEBUG": true}); err != nil {
		t.Fatal(err)
	}
	w := get(app, "/a.html")
	if w.Code != 500 {
		t.Errorf("got %d, want 500", w.Code)
	}
	for _, want := range []string{"a.html:2", "faulty() panicked", "out of letters", "jinja_test.faulty", "values_test.go"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the debug page does not show %q", want)
		}
	}
	_, err := render(t, &jinja.Renderer{Filters: map[string]any{"faulty": faulty}}, "{{ 'x'|faulty }}", nil)
	var p *dewar.PanicError
	if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "faulty") {
		t.Errorf("the error %v has no stack", err)
	}
}

func TestAnIteratorWithoutAnEndIsBounded(t *testing.T) {
	endless := iter.Seq[int](func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	})
	for _, source := range []string{
		"{{ xs|list|length }}", "{{ xs|sort }}", "{{ xs|join }}", "{{ xs|sum }}", "{{ xs|max }}", "{{ xs|map('abs')|list }}", "{{ xs|unique|list }}",
		"{{ xs|batch(3)|list }}", "{{ xs|last }}", "{{ -1 in xs }}", "{% for x in xs %}{% endfor %}", "{{ xs|select('none')|first }}", "{{ xs|tojson }}",
	} {
		begun := time.Now()
		_, err := render(t, &jinja.Renderer{MaxSteps: 1_000_000}, source, dewar.Map{"xs": endless})
		if err == nil || time.Since(begun) > 10*time.Second {
			t.Errorf("%s: got %v after %v", source, err, time.Since(begun))
		}
	}
}

func ExampleNewDict() {
	stats := jinja.NewDict("views", 10, "likes", 3)
	fmt.Println(page(&jinja.Renderer{}, "{% for name, n in stats.items() %}{{ name }}: {{ n }}{{ '' if loop.last else ', ' }}{% endfor %}", dewar.Map{"stats": stats}))
	// Output: views: 10, likes: 3 <nil>
}

func ExampleTuple() {
	fmt.Println(page(&jinja.Renderer{}, "{{ '%s of %s' % page }}", dewar.Map{"page": jinja.Tuple{2, 9}}))
	// Output: 2 of 9 <nil>
}

func ExampleDateOf() {
	day := jinja.DateOf(time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC))
	fmt.Println(page(&jinja.Renderer{}, "{{ day }}, {{ day.strftime('%d %B') }}", dewar.Map{"day": day}))
	// Output: 2026-01-02, 02 January <nil>
}

// A template that was written for Flask-SQLAlchemy renders unchanged.
func TestPaginationHasThePythonNames(t *testing.T) {
	t.Parallel()
	app := newApp(t, &jinja.Renderer{}, "posts.html",
		`{{ page.page }}/{{ page.pages }} {{ page.per_page }} {{ page.total }} {{ page.first }}-{{ page.last }} {{ page.has_prev }} {{ page.prev_num }} {{ page.next_num }}`+
			`{% for post in page.items %} {{ post }}{% endfor %}`+
			`{% for n in page.iter_pages(1, right_current=0, left_current=1, right_edge=1) %}{% if n %} {{ page.url(n) }}{% else %} ...{% endif %}{% endfor %}`+
			`{% if not page.has_next %} end{% endif %}`)
	app.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	app.Get("/", func(c *dewar.Context) error {
		p, err := dewar.Paginate(c, 9, dewar.PerPage(1))
		if err != nil {
			return err
		}
		p.Items = []string{"tea"}
		return c.Render("posts.html", dewar.Map{"page": p})
	})
	for target, want := range map[string]string{
		"/?page=4": "4/9 1 9 4-4 True 3 5 tea /?page=1 ... /?page=3 /?page=4 ... /?page=9",
		"/?page=9": "9/9 1 9 9-9 True 8 0 tea /?page=1 ... /?page=8 /?page=9 end",
	} {
		if got := get(app, target).Body.String(); got != want {
			t.Errorf("%s: got  %s\nwant %s", target, got, want)
		}
	}
}
