package dewar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

func TestPaginateReadsWhatTheRequestAsksFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query string
		total int
		want  string // page, pages, per page, offset, first to last, the neighbours
	}{
		{"", 95, "1/5 20 0 1-20 0 2"},
		{"page=2", 95, "2/5 20 20 21-40 1 3"},
		{"page=5", 95, "5/5 20 80 81-95 4 0"},
		{"page=5&per_page=10", 95, "5/10 10 40 41-50 4 6"},
		{"per_page=1000", 95, "1/2 50 0 1-50 0 2"},
		{"page=1", 0, "1/0 20 0 0-0 0 0"},
		{"page=1", -5, "1/0 20 0 0-0 0 0"},
		{"page=1", 20, "1/1 20 0 1-20 0 0"},
		{"page=6", 95, "404"}, {"page=2", 0, "404"}, {"page=0", 95, "404"}, {"page=-1", 95, "404"}, {"page=x", 95, "404"}, {"page=", 95, "404"},
		{"page=1.5", 95, "404"}, {"page=99999999999999999999", 95, "404"}, {"page=9223372036854775807", 95, "404"}, {"per_page=0", 95, "404"}, {"per_page=x", 95, "404"},
	} {
		app := quietApp(t)
		app.Get("/", func(c *dewar.Context) error {
			p, err := dewar.Paginate(c, tt.total, dewar.MaxPerPage(50))
			if err != nil {
				return err
			}
			if p.HasPrev() != (p.PrevNum() > 0) || p.HasNext() != (p.NextNum() > 0) {
				t.Errorf("%s: HasPrev is %t with %d, HasNext %t with %d", tt.query, p.HasPrev(), p.PrevNum(), p.HasNext(), p.NextNum())
			}
			return c.Text(fmt.Sprintf("%d/%d %d %d %d-%d %d %d", p.Page, p.Pages(), p.PerPage, p.Offset(), p.First(), p.Last(), p.PrevNum(), p.NextNum()))
		})
		w := get(app, "/?"+tt.query)
		if got := w.Body.String(); w.Code == 200 && got != tt.want || w.Code != 200 && (tt.want != "404" || w.Code != 404) {
			t.Errorf("%s of %d: got %d %s, want %s", tt.query, tt.total, w.Code, got, tt.want)
		}
	}
}

// What iter_pages of Flask-SQLAlchemy 3.1 gives, 0 for None.
func TestIterPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		page, pages int
		widths      []any
		want        string
	}{
		{1, 0, nil, "[]"},
		{1, 1, nil, "[1]"},
		{1, 5, nil, "[1 2 3 4 5]"},
		{1, 50, nil, "[1 2 3 4 5 0 49 50]"},
		{10, 50, nil, "[1 2 0 8 9 10 11 12 13 14 0 49 50]"},
		{50, 50, nil, "[1 2 0 48 49 50]"},
		{48, 50, nil, "[1 2 0 46 47 48 49 50]"},
		{10, 50, []any{0, 0, 0, 0}, "[0 10 0]"},
		{1, 50, []any{0, 1, 1, 0}, "[1 2 0]"},
		{5, 50, []any{1, 1, 1, 1}, "[1 0 4 5 6 0 50]"},
		{3, 4, []any{1, 0, 0, 1}, "[1 0 3 4]"},
		{6, 12, nil, "[1 2 0 4 5 6 7 8 9 10 11 12]"},
		{10, 50, []any{1}, "[1 0 8 9 10 11 12 13 14 0 49 50]"},
		{10, 50, []any{-5, -5, -5, -5}, "[0 10 0]"},
		{10, 50, []any{"right_edge", 1, "left_current", 0}, "[1 2 0 10 11 12 13 14 0 50]"},
		{10, 50, []any{1, 1, 1, 1, 1}, "error"}, {10, 50, []any{"edge", 1}, "error"}, {10, 50, []any{"left_edge"}, "error"}, {10, 50, []any{1.5}, "error"},
	} {
		p := dewar.Pagination{Page: tt.page, PerPage: 1, Total: tt.pages}
		pages, err := p.IterPages(tt.widths...)
		if got := fmt.Sprint(pages); err == nil && got != tt.want || (err != nil) != (tt.want == "error") {
			t.Errorf("page %d of %d with %v: got %s, %v, want %s", tt.page, tt.pages, tt.widths, got, err, tt.want)
		}
	}
}

func TestPaginationURLKeepsTheRestOfTheQuery(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Get("/posts/{tag}", func(c *dewar.Context) error {
		p, err := dewar.Paginate(c, 100)
		if err != nil {
			return err
		}
		return c.Text(p.URL(4))
	})
	outer := http.StripPrefix("/blog", app)
	for _, tt := range []struct{ target, want string }{
		{"/blog/posts/tea", "/blog/posts/tea?page=4"},
		{"/blog/posts/a%20b%C3%A9?page=2", "/blog/posts/a%20b%C3%A9?page=4"},
		{"/blog/posts/tea?z=1&page=2&a=%26x&z=2&page=3", "/blog/posts/tea?z=1&page=4&a=%26x&z=2"},
		{"/blog/posts/tea?z=1&a", "/blog/posts/tea?z=1&a=&page=4"},
		{"/blog/posts/tea?q=%22%3E%3Cscript%3E", "/blog/posts/tea?q=%22%3E%3Cscript%3E&page=4"},
	} {
		w := httptest.NewRecorder()
		outer.ServeHTTP(w, httptest.NewRequest("GET", tt.target, nil))
		if got := w.Body.String(); got != tt.want {
			t.Errorf("%s: got %d %s, want %s", tt.target, w.Code, got, tt.want)
		}
	}
}

func TestPaginationInATemplate(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.FS(fstest.MapFS{"templates/posts.html": {Data: []byte(
		`{{range .page.Items}}<p>{{.}}</p>{{end}}{{if .page.HasPrev}}<a href="{{.page.URL .page.PrevNum}}">back</a>{{end}}` +
			`{{range .page.IterPages 1 1 1 1}}{{if .}} <a href="{{$.page.URL .}}">{{.}}</a>{{else}} …{{end}}{{end}}`)}}))
	app.Get("/", func(c *dewar.Context) error {
		p, err := dewar.Paginate(c, 9, dewar.PerPage(1))
		if err != nil {
			return err
		}
		p.Items = []string{"tea"}
		return c.Render("posts.html", dewar.Map{"page": p})
	})
	want := `<p>tea</p><a href="/?q=a&amp;page=2">back</a> <a href="/?q=a&amp;page=1">1</a> <a href="/?q=a&amp;page=2">2</a> <a href="/?q=a&amp;page=3">3</a>` +
		` <a href="/?q=a&amp;page=4">4</a> … <a href="/?q=a&amp;page=9">9</a>`
	if got := get(app, "/?q=a&page=3").Body.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPageOptionsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]func(int) dewar.PageOption{"PerPage": dewar.PerPage, "MaxPerPage": dewar.MaxPerPage} {
		func() {
			defer func() {
				if raised := fmt.Sprint(recover()); !strings.Contains(raised, name+"(0)") {
					t.Errorf("%s(0) panics with %s", name, raised)
				}
			}()
			option(0)
		}()
	}
}

func TestURLsOfPagesStayOnTheSite(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Get("/{path:path}", func(c *dewar.Context) error {
		p, err := dewar.Paginate(c, 100)
		if err != nil {
			return err
		}
		return c.Text(p.URL(2))
	})
	for _, path := range []string{"//evil.example/a", "///evil.example", "/%2fevil.example", "/\\evil.example"} {
		got := get(app, "http://localhost"+path).Body.String()
		link, err := url.Parse(got)
		if err != nil {
			t.Fatal(err)
		}
		base := &url.URL{Scheme: "http", Host: "localhost", Path: "/"}
		at := base.ResolveReference(link)
		if want := strings.ReplaceAll(strings.ReplaceAll(path, "%2f", "/"), "%5C", "\\"); at.Host != "localhost" || at.Path != want {
			t.Errorf("%s: got %s, which is %s of %s", path, got, at.Path, at.Host)
		}
	}
}
