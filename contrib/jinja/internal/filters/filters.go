// Package filters is the filters, tests and global functions of Jinja 3.1.
//
// They are plain data: a [value.Function] each, whose parameters have Jinja's names, order and defaults. What they return for a value of the
// wrong type is Python's error. Everything that may become large, or may take long, is paid for from the Budget of the rendering before it is made.
package filters

import "github.com/dewar-go/dewar/contrib/jinja/internal/value"

// Filters returns the 54 filters by name. A filter's first parameter is the value. The map is the caller's.
func Filters() map[string]*value.Function {
	return byName(
		function("abs", abs, need("x")),
		function("attr", attr, need("obj"), need("name")),
		function("batch", batch, need("value"), need("linecount"), may("fill_with", nil)),
		function("capitalize", method("capitalize"), need("s")),
		function("center", center, need("value"), may("width", 80)),
		function("count", length, need("obj")),
		function("d", defaulted, need("value"), may("default_value", ""), may("boolean", false)),
		function("default", defaulted, need("value"), may("default_value", ""), may("boolean", false)),
		function("dictsort", dictsort, need("value"), may("case_sensitive", false), may("by", "key"), may("reverse", false)),
		function("e", escape, need("s")),
		function("escape", escape, need("s")),
		function("filesizeformat", filesizeformat, need("value"), may("binary", false)),
		function("first", first, need("seq")),
		function("float", float, need("value"), may("default", 0.0)),
		function("forceescape", forceescape, need("value")),
		variadic(function("format", format, need("value"))),
		function("groupby", groupby, need("value"), need("attribute"), may("default", nil), may("case_sensitive", false)),
		function("indent", indent, need("s"), may("width", 4), may("first", false), may("blank", false)),
		function("int", integer, need("value"), may("default", 0), may("base", 10)),
		function("items", items, need("value")),
		function("join", join, need("value"), may("d", ""), may("attribute", nil)),
		function("last", last, need("seq")),
		function("length", length, need("obj")),
		function("list", list, need("value")),
		function("lower", method("lower"), need("s")),
		variadic(function("map", mapped, need("value"))),
		function("max", extreme(">"), need("value"), may("case_sensitive", false), may("attribute", nil)),
		function("min", extreme("<"), need("value"), may("case_sensitive", false), may("attribute", nil)),
		function("pprint", pprint, need("value")),
		function("random", random, need("seq")),
		variadic(function("reject", selected(false, false), need("value"))),
		variadic(function("rejectattr", selected(false, true), need("value"))),
		function("replace", replace, need("s"), need("old"), need("new"), may("count", nil)),
		function("reverse", reverse, need("value")),
		function("round", round, need("value"), may("precision", 0), may("method", "common")),
		function("safe", safe, need("value")),
		variadic(function("select", selected(true, false), need("value"))),
		variadic(function("selectattr", selected(true, true), need("value"))),
		function("slice", slice, need("value"), need("slices"), may("fill_with", nil)),
		function("sort", sorted, need("value"), may("reverse", false), may("case_sensitive", false), may("attribute", nil)),
		function("string", soften, need("s")),
		function("striptags", striptags, need("value")),
		function("sum", sum, need("iterable"), may("attribute", nil), may("start", 0)),
		function("title", title, need("s")),
		function("tojson", tojson, need("value"), may("indent", nil)),
		function("trim", trim, need("value"), may("chars", nil)),
		function("truncate", truncate, need("s"), may("length", 255), may("killwords", false), may("end", "..."), may("leeway", nil)),
		function("unique", unique, need("value"), may("case_sensitive", false), may("attribute", nil)),
		function("upper", method("upper"), need("s")),
		function("urlencode", urlencode, need("value")),
		function("urlize", urlize, need("value"), may("trim_url_limit", nil), may("nofollow", false), may("target", nil), may("rel", nil), may("extra_schemes", nil)),
		function("wordcount", wordcount, need("s")),
		function("wordwrap", wordwrap, need("s"), may("width", 79), may("break_long_words", true), may("wrapstring", nil), may("break_on_hyphens", true)),
		function("xmlattr", xmlattr, need("d"), may("autospace", true)),
	)
}

// Globals returns range, dict, lipsum, cycler, joiner and namespace. The map is the caller's.
func Globals() map[string]any {
	globals := map[string]any{}
	for name, f := range byName(
		variadic(function("cycler", newCycler)),
		variadic(function("dict", newDict)),
		function("joiner", newJoiner, may("sep", ", ")),
		function("lipsum", lipsum, may("n", 5), may("html", true), may("min", 20), may("max", 100)),
		variadic(function("namespace", newNamespace)),
		variadic(function("range", newRange)),
	) {
		globals[name] = f
	}
	return globals
}

func byName(functions ...*value.Function) map[string]*value.Function {
	named := make(map[string]*value.Function, len(functions))
	for _, f := range functions {
		named[f.Name] = f
	}
	return named
}

type call = func(rt *value.Runtime, args []any) (any, error)

func function(name string, f call, params ...value.Param) *value.Function {
	return &value.Function{Name: name, Params: params, Call: f}
}

// variadic lets f take more arguments, with and without names.
func variadic(f *value.Function) *value.Function {
	f.Rest, f.Named = true, true
	return f
}

// need is a parameter that must be given.
func need(name string) value.Param { return value.Param{Name: name, Required: true} }

// may is a parameter that may be left out.
func may(name string, otherwise any) value.Param { return value.Param{Name: name, Default: otherwise} }
