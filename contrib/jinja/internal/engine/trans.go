package engine

import (
	"context"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// Translations finds the translation of texts, in the language of ctx. What has no translation is returned as it is.
type Translations interface {
	// Gettext returns the translation of a text.
	Gettext(ctx context.Context, text string) string
	// NGettext returns that of a text for n things.
	NGettext(ctx context.Context, singular, plural string, n int) string
	// PGettext returns that of a text which means what it means in a context.
	PGettext(ctx context.Context, context, text string) string
	// NPGettext returns that for n things in a context.
	NPGettext(ctx context.Context, context, singular, plural string, n int) string
}

// A lazyText is a value that _ translates by what it says of itself: its context and its plural, "" for none, and names and
// values in turn.
type lazyText interface {
	Message() (context, singular, plural string, n int, pairs []any)
}

// gettextName is the function that a trans calls.
func gettextName(s *syntax.Trans) string {
	name := "gettext"
	if s.HasContext {
		name = "p" + name
	}
	if s.HasPlural {
		name = "n" + name
	}
	return name
}

// trans compiles {% trans %} as a call of gettext or one of its kin, which a template or the application may have replaced.
func (c *compiler) trans(s *syntax.Trans, pl place) exec {
	name := gettextName(s)
	fn, at, mode := c.variable(name, pl), c.at(s.Pos), pl.escape
	var before []any
	if s.HasContext {
		before = append(before, s.Context)
	}
	before = append(before, s.Singular)
	if s.HasPlural {
		before = append(before, s.Plural)
	}
	names, values := make([]string, len(s.Variables)), make([]eval, len(s.Variables))
	for i, v := range s.Variables {
		names[i], values[i] = v.Name, c.expression(v.Value, pl)
	}
	return func(st *state, f *frame) error {
		args := value.Args{Positional: before[:len(before):len(before)]}
		for i, run := range values {
			v, err := run(st, f)
			if err != nil {
				return err
			}
			if s.HasPlural && names[i] == s.Count {
				args.Positional = append(args.Positional, v)
				if names[i] == "num" {
					continue
				}
			}
			args.Named = append(args.Named, value.Named{Name: names[i], Value: v})
		}
		gettext, err := fn(st, f)
		if err != nil {
			return err
		}
		v, err := st.call(gettext, "", args)
		if err != nil {
			return at.wrap(err)
		}
		return at.wrap(st.write(v, mode.escapes(f)))
	}
}

// translators are the functions gettext, _, ngettext, pgettext and npgettext.
func translators(t Translations) map[string]any {
	if t == nil {
		t = untranslated{}
	}
	one := func(p ...string) []value.Param {
		all := make([]value.Param, len(p))
		for i, name := range p {
			all[i] = value.Param{Name: "__" + name, Required: true}
		}
		return all
	}
	gettext := &value.Function{Name: "gettext", Params: one("string"), Named: true, Call: func(rt *value.Runtime, args []any) (any, error) {
		if m, ok := args[0].(lazyText); ok {
			return translated(rt, t, m, args[1])
		}
		texts, own, err := texts(rt, args[:1])
		if err != nil {
			return nil, err
		}
		return formatted(rt, t.Gettext(rt.Context, texts[0]), args[1], own)
	}}
	ngettext := &value.Function{Name: "ngettext", Params: one("singular", "plural", "num"), Named: true, Call: func(rt *value.Runtime, args []any) (any, error) {
		texts, own, err := texts(rt, args[:2])
		if err != nil {
			return nil, err
		}
		n, err := number(args[2])
		if err != nil {
			return nil, err
		}
		setDefault(args[3], "num", args[2])
		return formatted(rt, t.NGettext(rt.Context, texts[0], texts[1], n), args[3], own)
	}}
	pgettext := &value.Function{Name: "pgettext", Params: one("context", "string"), Named: true, Call: func(rt *value.Runtime, args []any) (any, error) {
		texts, own, err := texts(rt, args[:2])
		if err != nil {
			return nil, err
		}
		if own {
			setDefault(args[2], "context", args[0])
		}
		return formatted(rt, t.PGettext(rt.Context, texts[0], texts[1]), args[2], own)
	}}
	npgettext := &value.Function{Name: "npgettext", Params: one("context", "singular", "plural", "num"), Named: true, Call: func(rt *value.Runtime, args []any) (any, error) {
		texts, own, err := texts(rt, args[:3])
		if err != nil {
			return nil, err
		}
		n, err := number(args[3])
		if err != nil {
			return nil, err
		}
		setDefault(args[4], "context", args[0])
		setDefault(args[4], "num", args[3])
		return formatted(rt, t.NPGettext(rt.Context, texts[0], texts[1], texts[2], n), args[4], own)
	}}
	return map[string]any{"gettext": gettext, "_": gettext, "ngettext": ngettext, "pgettext": pgettext, "npgettext": npgettext}
}

// translated is a lazy text in the language of the reader, with its own values and those of a template in it. It is text, which
// the page escapes, and it is formatted only where there are values.
func translated(rt *value.Runtime, t Translations, m lazyText, vars any) (any, error) {
	about, singular, plural, n, pairs := m.Message()
	var text string
	switch {
	case about != "" && plural != "":
		text = t.NPGettext(rt.Context, about, singular, plural, n)
	case plural != "":
		text = t.NGettext(rt.Context, singular, plural, n)
	case about != "":
		text = t.PGettext(rt.Context, about, singular)
	default:
		text = t.Gettext(rt.Context, singular)
	}
	values := &value.Dict{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := values.Set(pairs[i], pairs[i+1]); err != nil {
			return nil, err
		}
	}
	if given, _ := vars.(*value.Dict); given != nil {
		for name, v := range given.All() {
			if err := values.Set(name, v); err != nil {
				return nil, err
			}
		}
	}
	if values.Len() == 0 {
		return text, nil
	}
	return value.Binary(rt, "%", text, values)
}

// texts are arguments that must be texts, and whether they are own ones of the application: what a value prints as is not.
func texts(rt *value.Runtime, args []any) (all []string, own bool, err error) {
	all, own = make([]string, len(args)), true
	for i, arg := range args {
		if u, ok := arg.(*value.Undefined); ok {
			return nil, false, u.Err()
		}
		s, err := value.Str(rt, arg)
		if err != nil {
			return nil, false, err
		}
		all[i], own = s, own && isText(arg)
	}
	return all, own, nil
}

func isText(v any) bool {
	switch v.(type) {
	case string, value.Markup:
		return true
	}
	return false
}

// number is the count of ngettext.
func number(v any) (int, error) {
	if n, ok := value.AsInt(v); ok {
		return n, nil
	}
	if n, ok := value.AsFloat(v); ok {
		if n == 1 {
			return 1, nil
		}
		return int(n) + 2, nil // a fraction is never one thing
	}
	if u, ok := v.(*value.Undefined); ok {
		if u.Mode == value.Strict {
			return 0, u.Err()
		}
		return 0, nil
	}
	return 0, failure("TypeError", "the number of a translation must be a number, not %s", value.TypeName(v))
}

func setDefault(vars any, name string, v any) {
	if d := vars.(*value.Dict); d != nil {
		if _, ok := d.Get(name); !ok {
			d.Set(name, v)
		}
	}
}

// formatted puts variables into a translation, escaped if the page escapes: the translation itself is part of the application, if
// its message is.
func formatted(rt *value.Runtime, text string, vars any, own bool) (any, error) {
	if d, _ := vars.(*value.Dict); !own && (d == nil || d.Len() == 0) {
		return text, nil // with values in it by now
	} else if !own {
		return value.Binary(rt, "%", text, vars)
	}
	return value.Binary(rt, "%", capture{text: text}.value(rt.Autoescape), vars)
}

// untranslated leaves texts as they are.
type untranslated struct{}

func (untranslated) Gettext(_ context.Context, text string) string { return text }

func (untranslated) NGettext(_ context.Context, singular, plural string, n int) string {
	if n == 1 {
		return singular
	}
	return plural
}

func (untranslated) PGettext(_ context.Context, _, text string) string { return text }

func (u untranslated) NPGettext(ctx context.Context, _, singular, plural string, n int) string {
	return u.NGettext(ctx, singular, plural, n)
}
