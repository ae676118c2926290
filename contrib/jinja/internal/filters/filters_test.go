package filters_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

var none = coded{"none", nil}

func str(s string) coded           { return coded{"str", s} }
func markup(s string) coded        { return coded{"markup", s} }
func num(n string) coded           { return coded{"int", n} }
func real(f string) coded          { return coded{"float", f} }
func yes(b bool) coded             { return coded{"bool", b} }
func list(items ...coded) coded    { return coded{"list", append([]coded{}, items...)} }
func tuple(items ...coded) coded   { return coded{"tuple", append([]coded{}, items...)} }
func iter(items ...coded) coded    { return coded{"iterator", append([]coded{}, items...)} }
func dict(pairs ...[2]coded) coded { return coded{"dict", append([][2]coded{}, pairs...)} }
func missing(name string) coded    { return coded{"undefined", name} }

func strs(texts ...string) coded {
	items := []coded{}
	for _, s := range texts {
		items = append(items, str(s))
	}
	return list(items...)
}

func nums(numbers ...string) coded {
	items := []coded{}
	for _, n := range numbers {
		items = append(items, num(n))
	}
	return list(items...)
}

func person(name, city string, age string) coded {
	return dict([2]coded{str("name"), str(name)}, [2]coded{str("city"), str(city)}, [2]coded{str("age"), num(age)},
		[2]coded{str("tags"), strs(city, name)})
}

func people() coded {
	return list(person("Zoe", "Rome", "31"), person("adam", "oslo", "7"), person("Bea", "ROME", "31"), person("cy", "Oslo", "-2"))
}

// texts are what filters of text are tried on.
func texts() []coded {
	all := []coded{missing("gone"), none, num("42"), markup(""), markup("<b>Fat</b> &amp; thin\nsecond <i>line</i>")}
	for _, s := range []string{
		"", "x", "hello world", "Hello, WORLD! it's a well-known fact", "  spaced\tout \n lines\r\nand\vmore\u2028end ", "<a href='x'>T & C</a>",
		"straße ŒUVRE Ærø ΣΊΣΥΦΟΣ İstanbul ǆ ﬁ", "日本語 テキスト", "foo (bar) [baz] {qux} <zip> a-b--c", "a\n\n\nb\n", "tab\there", "\x00\x1f\u00a0x",
		"42", " -0x1F ", "3.75", "1e3", "1_000", "0b101", "०१२", "nan", "-inf", "12abc", "1__0", "_1", "007", "99999999999999999999999", "1e999",
		"%s and %s", "%(a)s=%(b)05d", "100%", "%d", "Fooo-bar baz---qux -- the end, e-mail re-enter x--y",
	} {
		all = append(all, str(s))
	}
	return all
}

// values are what all filters and tests are tried on.
func values() []coded {
	return append(texts(),
		yes(true), yes(false), num("0"), num("1"), num("-7"), num("123456789012345678901234567890"),
		real("0.0"), real("-2.5"), real("42.55"), real("1e+300"), real("NaN"), real("Inf"), real("-Inf"), real("0.1"),
		list(), nums("3", "1", "2"), strs("b", "A", "a", "B", "<i>"), list(str("x"), markup("<b>"), num("1")), list(none, none), list(num("1"), str("a")),
		list(real("1.5"), num("1"), yes(true), real("1.0")), list(list(num("2"), str("a")), list(num("1"), str("b"))), tuple(), tuple(num("1")), tuple(str("k"), str("v&")),
		list(tuple(str("a b"), str("c/d")), tuple(str("é"), num("1"))), iter(num("1"), num("2"), num("3")), iter(),
		dict(), dict([2]coded{str("b"), num("1")}, [2]coded{str("A"), str("<x>")}, [2]coded{str("c"), none}),
		dict([2]coded{num("2"), str("z")}, [2]coded{num("1"), str("y")}), dict([2]coded{str("bad key"), num("1")}),
		dict([2]coded{str("u"), missing("u")}, [2]coded{str("m"), markup("&amp;")}, [2]coded{str("n"), list(num("1"))}),
		people(), coded{"range", [3]int{0, 5, 1}}, coded{"range", [3]int{5, 0, -2}}, coded{"range", [3]int{0, 0, 1}}, coded{"bytes", "a\xff&"},
		list(dict([2]coded{str("a"), dict([2]coded{str("b"), list(num("5"))})}), dict([2]coded{str("a"), num("1")})),
	)
}

type named = [][2]any

func by(pairs ...any) named {
	n := named{}
	for i := 0; i < len(pairs); i += 2 {
		n = append(n, [2]any{pairs[i], pairs[i+1]})
	}
	return n
}

// An argument list is what a filter gets beside the value.
type arguments struct {
	positional []coded
	named      named
}

func with(positional ...coded) arguments { return arguments{positional, named{}} }

func withNamed(pairs ...any) arguments { return arguments{nil, by(pairs...)} }

// given are the arguments that each filter is tried with.
func given() map[string][]arguments {
	attributes := []arguments{with(), withNamed("attribute", str("city")), withNamed("attribute", num("0")), withNamed("attribute", str("tags.0")),
		withNamed("attribute", str("a.b.0")), withNamed("case_sensitive", yes(true)), withNamed("attribute", str("gone")),
		withNamed("attribute", str("name"), "case_sensitive", yes(true)), withNamed("attribute", none)}
	selections := []arguments{with(), with(str("odd")), with(str("defined")), with(str("divisibleby"), num("3")), with(str(">"), num("1")), with(str("no such test")),
		with(str("string")), with(str("eq"), str("A")), with(str("in"), list(num("1"), str("a")))}
	byAttribute := []arguments{with(), with(str("age")), with(str("age"), str("odd")), with(str("city"), str("eq"), str("oslo")), with(num("0")), with(num("0"), str("string")),
		with(str("tags.1"), str("defined")), with(str("gone")), with(str("gone"), str("undefined"))}
	bools := []arguments{with(), with(yes(true))}
	fills := []arguments{with(), with(num("2")), with(num("3"), str("-")), with(num("0")), with(num("-1"), num("9")), with(num("100"), str("f")), with(str("2")), with(none),
		with(real("2.0")), withNamed("fill_with", num("0"))}
	wraps := []arguments{}
	for _, width := range []string{"1", "2", "3", "5", "7", "10", "79"} {
		for _, flags := range [][2]bool{{true, true}, {true, false}, {false, true}, {false, false}} {
			wraps = append(wraps, withNamed("width", num(width), "break_long_words", yes(flags[0]), "break_on_hyphens", yes(flags[1])))
		}
	}
	wraps = append(wraps, with(), with(num("0")), with(num("4"), yes(true), str("<br>\n")), with(num("4"), yes(true), markup("<br>\n")), with(str("x")), with(num("5"), none, num("1")))
	return map[string][]arguments{
		"abs":            {with()},
		"attr":           {with(str("x")), with(str("name")), with(num("1")), with()},
		"batch":          fills,
		"capitalize":     {with()},
		"center":         {with(), with(num("20")), with(num("21")), with(num("-3")), with(str("x")), with(yes(true))},
		"count":          {with()},
		"d":              {with(), with(str("other")), with(str("other"), yes(true)), withNamed("boolean", yes(true))},
		"default":        {with(), with(str("other")), with(num("5"), yes(true)), withNamed("default_value", str("o"))},
		"dictsort":       {with(), with(yes(true)), with(yes(false), str("value")), withNamed("reverse", yes(true)), withNamed("by", str("other")), withNamed("by", none)},
		"e":              {with()},
		"escape":         {with()},
		"filesizeformat": bools,
		"first":          {with()},
		"float":          {with(), with(str("none"))},
		"forceescape":    {with()},
		"format": {with(), with(str("a")), with(str("a"), markup("<b>")), withNamed("a", str("<&"), "b", num("7")), {[]coded{num("1")}, by("a", num("1"))}, with(num("3")),
			with(real("2.5"))},
		"groupby": {with(str("city")), with(str("age")), with(str("gone"), str("x")), with(num("0")), withNamed("attribute", str("city"), "case_sensitive", yes(true)),
			withNamed("attribute", str("tags.0")), with(str("name")), with()},
		"indent": {with(), with(num("2"), yes(true)), with(num("2"), yes(true), yes(true)), with(str("<> "), yes(false), yes(true)), with(markup("&gt; ")), with(markup("&gt; "), yes(true)),
			with(markup("&gt; "), yes(true), yes(true)), with(markup("&gt; "), yes(false), yes(true)), with(num("-1")), with(none), with(num("0"), yes(true)), with(str("> "), yes(true))},
		"int":        {with(), with(num("-1")), with(num("0"), num("16")), with(none, num("0")), with(num("5"), num("2")), with(num("0"), num("1")), with(num("0"), num("36")), with(num("0"), none)},
		"items":      {with()},
		"join":       {with(), with(str(", ")), with(str("<")), with(markup("<br>")), with(num("0")), with(str("|"), str("city")), with(str(""), num("0")), withNamed("attribute", str("tags.0")), with(none)},
		"last":       {with()},
		"length":     {with()},
		"list":       {with()},
		"lower":      {with()},
		"map":        {with(), with(str("upper")), with(str("int")), withNamed("attribute", str("city")), withNamed("attribute", str("gone"), "default", str("d")), with(str("default"), str("x"), yes(true)), withNamed("attribute", str("a.b.0"), "default", num("0")), withNamed("attribute", str("x"), "other", num("1")), with(str("no such filter")), with(str("join"), str("-")), withNamed("attribute", num("0")), {[]coded{str("round")}, by("method", str("ceil"))}},
		"max":        attributes,
		"min":        attributes,
		"pprint":     {with()},
		"reject":     selections,
		"rejectattr": byAttribute,
		"replace": {with(str("a"), str("b")), with(str("l"), str("<L>"), num("1")), with(markup("&amp;"), str("&")), with(str("<"), markup("<b>")), with(str(""), str("-")), with(str("x")),
			with(num("4"), num("5")), with(str("a"), str("b"), none), with(str("a"), str("b"), str("c")), with(str("o"), str(""), num("0"))},
		"reverse": {with()},
		"round": {with(), with(num("1")), with(num("2"), str("ceil")), with(num("0"), str("floor")), with(num("-1")), with(num("-2"), str("floor")), with(num("-1"), str("ceil")), with(none), with(num("1"), str("up")),
			with(str("1")), with(num("400")), with(num("-400")), with(num("20"), str("ceil")), with(real("1.0"))},
		"safe":       {with()},
		"select":     selections,
		"selectattr": byAttribute,
		"slice":      fills,
		"sort": append(attributes, withNamed("reverse", yes(true)), withNamed("attribute", str("city,age")), withNamed("attribute", str("age,name"), "reverse", yes(true)),
			withNamed("attribute", str(""))),
		"string":    {with()},
		"striptags": {with()},
		"sum":       {with(), with(str("age")), with(none, num("10")), with(none, list()), with(none, str("")), withNamed("attribute", str("gone")), with(num("0"), real("0.5")), with(none, tuple())},
		"title":     {with()},
		"tojson":    {with(), with(num("2")), with(num("0")), with(str("<>")), with(real("1.5")), with(yes(true)), with(num("-1"))},
		"trim":      {with(), with(str("hH!d")), with(none), with(markup("<b>")), with(num("1")), with(str("<>"))},
		"truncate": {with(), with(num("5")), with(num("10"), yes(true)), with(num("3")), with(num("2")), with(num("8"), yes(false), str("")), with(num("9"), yes(false), str("<>"), num("0")), with(num("7"), yes(true), str("…"), num("0")),
			with(num("5"), yes(false), markup("&hellip;"), num("0")), with(num("5"), yes(false), str("..."), num("-1")), with(real("5.0")), withNamed("leeway", num("0"), "length", num("4")), with(none)},
		"unique":    attributes,
		"upper":     {with()},
		"urlencode": {with()},
		"urlize": {with(), with(num("5")), with(num("8"), yes(true)), withNamed("target", str("_blank")), withNamed("rel", str("me noopener a<b")), withNamed("extra_schemes", strs("tel:", "x-y://")), withNamed("extra_schemes", strs("1 2:")),
			with(str("x")), with(num("-3"))},
		"wordcount": {with()},
		"wordwrap":  wraps,
		"xmlattr":   {with(), with(yes(false))},
	}
}

func TestFiltersAreJinjas(t *testing.T) {
	t.Parallel()
	var jobs []job
	all := given()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, args := range all[name] {
			for _, v := range values() {
				j := job{Kind: "filter", Name: name, Args: append([]coded{v}, args.positional...), Named: args.named, Undefined: "default"}
				if args.named == nil {
					j.Named = named{}
				}
				if v[0] == "iterator" && takesText(name) {
					continue // what an iterator shows as names its place in memory
				}
				jobs = append(jobs, j)
				j.Autoescape = true
				j.Undefined = []string{"strict", "chainable", "debug"}[len(jobs)/2%3]
				jobs = append(jobs, j)
			}
		}
	}
	compare(t, jobs)
}

// takesText tells the filters that make text of their value first.
func takesText(name string) bool {
	return slices.Contains(strings.Fields("e escape forceescape string safe pprint center capitalize lower upper title trim replace urlize striptags wordcount format "+
		"xmlattr attr int default d"), name)
}
