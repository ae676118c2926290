package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Pagination is one page of a long list: what Flask-SQLAlchemy's Pagination gives a template, without the database.
// [Paginate] makes it. In contrib/jinja its names are those of Python: page.has_next, page.iter_pages(left_edge=1).
type Pagination struct {
	Page    int // the number of this page, from 1
	PerPage int // how many items a page has
	Total   int // how many items there are
	Items   any // those of this page, if the view puts them here

	before, after string // what stands in URLs around the number of the page
}

// PageOption is an attribute of [Paginate].
type PageOption func(*paging)

// A paging is how a list is paged.
type paging struct{ perPage, most int }

// PerPage sets how many items a page has when the request does not say. The default is 20. It panics if n is below 1.
func PerPage(n int) PageOption {
	wantPositive("PerPage", n)
	return func(p *paging) { p.perPage = n }
}

// MaxPerPage sets how many items a page may have at most, whatever the request says. The default is 100. It panics if n
// is below 1.
func MaxPerPage(n int) PageOption {
	wantPositive("MaxPerPage", n)
	return func(p *paging) { p.most = n }
}

// wantPositive panics unless n is a number of items.
func wantPositive(what string, n int) {
	if n < 1 {
		panic(fmt.Sprintf("dewar: %s(%d): pass at least 1", what, n))
	}
}

// Paginate works out which of total items the request asks for, by page and per_page of its query:
//
//	page, err := dewar.Paginate(c, store.Count(), dewar.PerPage(10))
//	if err != nil {
//		return err
//	}
//	page.Items = store.Posts(page.Offset(), page.PerPage)
//	return c.Render("posts.html", dewar.Map{"page": page})
//
// A page that is no number above 0 or lies behind the last one, and a per_page that is none, are a 404, as in
// Flask-SQLAlchemy. Page 1 of an empty list is there.
func Paginate(c *Context, total int, opts ...PageOption) (*Pagination, error) {
	p := paging{perPage: 20, most: 100}
	for _, opt := range opts {
		opt(&p)
	}
	page, ok := positive(c.Query(), "page", 1)
	perPage, fine := positive(c.Query(), "per_page", p.perPage)
	list := &Pagination{Page: page, PerPage: min(perPage, p.most), Total: max(total, 0)}
	if !ok || !fine || page > max(list.Pages(), 1) {
		return nil, Abort(http.StatusNotFound)
	}
	list.address(c)
	return list, nil
}

// positive returns a number above 0 of a query, def if it is not there.
func positive(query *Values, key string, def int) (n int, ok bool) {
	if !query.Has(key) {
		return def, true
	}
	n, err := strconv.Atoi(query.String(key))
	return n, err == nil && n > 0
}

// address remembers what the URLs of pages have in common: all of the request's but the page.
func (p *Pagination) address(c *Context) {
	var front, back strings.Builder
	behind := false
	for key, value := range Pairs(c.Query()) {
		pair := url.QueryEscape(key) + "=" + url.QueryEscape(value)
		switch {
		case key == "page":
			behind = true
		case behind:
			back.WriteString("&" + pair)
		default:
			front.WriteString(pair + "&")
		}
	}
	path := c.prefix() + cmp.Or(c.born.URL.EscapedPath(), "/")
	if strings.HasPrefix(path, "//") {
		path = "/." + path // which is the same path, and not the host of another site
	}
	p.before = path + "?" + front.String() + "page="
	p.after = back.String()
}

// Format prints which page of how many it is, for every verb: the items may hold secrets.
func (p *Pagination) Format(f fmt.State, _ rune) {
	if p == nil {
		p = &Pagination{}
	}
	_, _ = fmt.Fprintf(f, "Pagination(%d of %d)", p.Page, p.Pages())
}

// String returns what Format prints, for templates, which look for it.
func (p *Pagination) String() string { return fmt.Sprint(p) }

// LogValue returns what Format prints.
func (p *Pagination) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(p)) }

// Pages returns how many pages there are, 0 for an empty list.
func (p *Pagination) Pages() int {
	if p.Total <= 0 || p.PerPage <= 0 {
		return 0
	}
	return (p.Total-1)/p.PerPage + 1
}

// Offset returns how many items stand in front of this page: OFFSET in SQL, where PerPage is LIMIT.
func (p *Pagination) Offset() int { return (p.Page - 1) * p.PerPage }

// HasPrev reports whether there is a page in front of this one.
func (p *Pagination) HasPrev() bool { return p.Page > 1 }

// PrevNum returns the number of the page in front of this one, or 0.
func (p *Pagination) PrevNum() int {
	if !p.HasPrev() {
		return 0
	}
	return p.Page - 1
}

// HasNext reports whether there is a page behind this one.
func (p *Pagination) HasNext() bool { return p.Page < p.Pages() }

// NextNum returns the number of the page behind this one, or 0.
func (p *Pagination) NextNum() int {
	if !p.HasNext() {
		return 0
	}
	return p.Page + 1
}

// First returns the number of the first item of this page, from 1, or 0 when it has none.
func (p *Pagination) First() int {
	if p.Page > p.Pages() {
		return 0
	}
	return p.Offset() + 1
}

// Last returns the number of the last item of this page, or 0 when it has none.
func (p *Pagination) Last() int {
	if p.Page > p.Pages() {
		return 0
	}
	return min(p.Offset()+p.PerPage, p.Total)
}

// IterPages returns the numbers of the pages that a row of links shows, with 0 where some are left out: 1 2 0 8 9 10 11 12
// 13 14 0 41 42. widths say how many there are at the left end, to the left and to the right of this page, and at the
// right end. They are numbers in that order, or names and numbers in turn, as named arguments of a template are:
// "left_edge", "left_current", "right_current", "right_edge". Those that are not given are 2, 2, 4 and 2.
func (p *Pagination) IterPages(widths ...any) (pages []int, err error) {
	width, err := edges(widths)
	if err != nil {
		return nil, err
	}
	next, end := 1, p.Pages()+1
	show := func(from, to int) {
		from, to = max(from, next), min(to, end)
		if from > next {
			pages = append(pages, 0)
		}
		for next = from; next < to; next++ {
			pages = append(pages, next)
		}
	}
	show(1, 1+width[0])
	if next < end {
		show(min(p.Page-width[1], end), p.Page+width[2]+1)
	}
	if next < end {
		show(end-width[3], end)
	}
	return pages, nil
}

// edges reads the widths of [Pagination.IterPages].
func edges(widths []any) ([4]int, error) {
	names, width := []string{"left_edge", "left_current", "right_current", "right_edge"}, [4]int{2, 2, 4, 2}
	for place := 0; len(widths) > 0; place++ {
		if name, named := widths[0].(string); named && len(widths) > 1 {
			place, widths = slices.Index(names, name), widths[1:]
		}
		n, isNumber := widths[0].(int)
		if !isNumber || place < 0 || place >= len(width) {
			return width, errors.New("dewar: IterPages takes the numbers left_edge, left_current, right_current and right_edge, in this order or behind their names")
		}
		width[place], widths = max(n, 0), widths[1:]
	}
	return width, nil
}

// URL returns the URL of a page: that of the request, with its prefix and all other values of its query in their order,
// and another number of the page. It begins with a slash, like one of [Context.URLFor].
func (p *Pagination) URL(page int) string {
	return p.before + strconv.Itoa(page) + p.after
}
