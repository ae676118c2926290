package dewar

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Pagination is one page of a long list: what Flask-SQLAlchemy's Pagination gives a template, without the database.
// [Paginate] makes it. In contrib/jinja its names are those of Python, and none needs parentheses but iter_pages and url.
type Pagination struct {
	Page    int // the number of this page, from 1
	PerPage int // how many items a page has
	Total   int // how many items there are
	Items   any // those of this page, if the view puts them here

	base, before, after string // of URL: the path, and the query in front of the page's number and behind it
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
	p.base = c.prefix() + cmp.Or(c.born.URL.EscapedPath(), "/")
	p.before = "?"
	var query strings.Builder
	put := false
	for key, value := range Pairs(c.Query()) {
		if key != "page" {
			query.WriteString("&" + url.QueryEscape(key) + "=" + url.QueryEscape(value))
		} else if !put {
			put = true
			p.before = strings.TrimPrefix(query.String()+"&", "&")
			p.before = "?" + p.before
			query.Reset()
		}
	}
	if put {
		p.after = query.String()
		return
	}
	p.before = "?" + strings.TrimPrefix(query.String()+"&", "&")
}

// Format prints which page of how many it is, for every verb: the items may hold secrets.
func (p *Pagination) Format(f fmt.State, _ rune) {
	if p == nil {
		p = &Pagination{}
	}
	_, _ = fmt.Fprintf(f, "Pagination(%d of %d)", p.Page, p.Pages())
}

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

// IterPages returns the numbers of the pages that a row of links shows, with 0 where some are left out: 1 2 0 7 8 9 10 0
// 41 42. widths are, as left_edge, left_current, right_current and right_edge of Flask-SQLAlchemy, how many there are at
// the left end, to the left and right of this page, and at the right end; those that are not given are 2, 2, 4 and 2.
func (p *Pagination) IterPages(widths ...int) (pages []int) {
	width := [4]int{2, 2, 4, 2}
	copy(width[:], widths)
	next := 1
	show := func(from, to int) {
		from, to = max(from, next), min(to, p.Pages())
		if from > to {
			return
		}
		if from > next {
			pages = append(pages, 0)
		}
		for n := from; n <= to; n++ {
			pages = append(pages, n)
		}
		next = to + 1
	}
	show(1, width[0])
	show(p.Page-width[1], p.Page+width[2])
	show(p.Pages()-width[3]+1, p.Pages())
	return pages
}

// URL returns the URL of a page: that of the request, with its prefix and all other values of its query in their order,
// and another number of the page. It begins with a slash, like one of [Context.URLFor].
func (p *Pagination) URL(page int) string {
	return p.base + p.before + "page=" + strconv.Itoa(page) + p.after
}

// TemplateAttr is what a template of contrib/jinja gets by a name of Python's: values, in place of methods to call.
func (p *Pagination) TemplateAttr(name string) (any, bool) {
	switch name {
	case "page":
		return p.Page, true
	case "per_page":
		return p.PerPage, true
	case "total":
		return p.Total, true
	case "items":
		return p.Items, true
	case "pages":
		return p.Pages(), true
	case "has_prev":
		return p.HasPrev(), true
	case "has_next":
		return p.HasNext(), true
	case "prev_num":
		return numberOrNone(p.PrevNum()), true
	case "next_num":
		return numberOrNone(p.NextNum()), true
	case "first":
		return p.First(), true
	case "last":
		return p.Last(), true
	case "iter_pages":
		return p.iterPages, true
	case "url":
		return p.URL, true
	}
	return nil, false
}

// numberOrNone is None of Python for 0.
func numberOrNone(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// iterPages is iter_pages of Python: its arguments may be named, which come as names and values in turn, and what is left
// out is None.
func (p *Pagination) iterPages(args ...any) (pages []any, err error) {
	names := []string{"left_edge", "left_current", "right_current", "right_edge"}
	width := []int{2, 2, 4, 2}
	for place := 0; len(args) > 0; place++ {
		if name, named := args[0].(string); named {
			for place = 0; place < len(names) && names[place] != name; place++ {
			}
			args = args[1:]
		}
		n, ok := 0, false
		if len(args) > 0 {
			n, ok = args[0].(int)
		}
		if !ok || place >= len(names) {
			return nil, fmt.Errorf("iter_pages takes left_edge, left_current, right_current and right_edge, which are numbers")
		}
		width[place], args = n, args[1:]
	}
	for _, n := range p.IterPages(width...) {
		pages = append(pages, numberOrNone(n))
	}
	return pages, nil
}
