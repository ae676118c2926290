package jinja

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// languages is Werkzeug's LanguageAccept: what a browser wants, best first, and * last.
type languages []wanted

// A wanted is a language and how much it is wanted, from 0 to 1.
type wanted struct {
	tag     string
	quality float64
}

// parseLanguages reads the header Accept-Language. What is malformed is left out.
func parseLanguages(headers []string) languages {
	var all languages
	for item := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		tag, parameter, _ := strings.Cut(item, ";")
		w := wanted{strings.TrimSpace(tag), 1}
		if q, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			quality, err := strconv.ParseFloat(q, 64)
			if err != nil || !(quality >= 0 && quality <= 1) {
				continue
			}
			w.quality = quality
		}
		if w.tag != "" {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b wanted) int {
		return cmp.Or(cmp.Compare(b.specific(), a.specific()), cmp.Compare(b.quality, a.quality))
	})
	return all
}

// specific is 0 for *, which stands for every language, and 1 for others.
func (w wanted) specific() int {
	if w.tag == "*" {
		return 0
	}
	return 1
}

func (l languages) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "best":
		if len(l) == 0 {
			return nil, true
		}
		return l[0].tag, true
	case "best_match":
		return l.bestMatch(), true
	case "values":
		return l.values(), true
	}
	return nil, false
}

// bestMatch makes the method of that name.
func (l languages) bestMatch() *value.Function {
	return &value.Function{
		Name: "best_match", Params: []value.Param{{Name: "matches", Required: true}, {Name: "default"}},
		Call: func(rt *value.Runtime, args []any) (any, error) {
			items, err := value.Items(rt, args[0])
			if err != nil {
				return nil, err
			}
			offers := make([]string, len(items))
			for i, item := range items {
				if offers[i], err = value.Str(rt, item); err != nil {
					return nil, err
				}
			}
			if best := l.best(offers); best >= 0 {
				return offers[best], nil
			}
			return args[1], nil
		},
	}
}

// best returns which of the offers is wanted most, -1 for none: first tag by tag, then with de for the browser's de-AT, then with the
// browser's de for de-AT.
func (l languages) best(offers []string) int {
	if i := l.match(offers); i >= 0 {
		return i
	}
	primary := slices.Clone(l)
	for i := range primary {
		primary[i].tag = primaryTag(primary[i].tag)
	}
	if i := primary.match(offers); i >= 0 {
		return i
	}
	short := make([]string, len(offers))
	for i, offer := range offers {
		short[i] = primaryTag(offer)
	}
	return l.match(short)
}

// match returns which of the offers is wanted most, the first of several.
func (l languages) match(offers []string) int {
	best, most := -1, wanted{tag: "*"}
	for i, offer := range offers {
		at := slices.IndexFunc(l, func(w wanted) bool { return w.tag == "*" || normalTag(w.tag) == normalTag(offer) })
		if at < 0 || l[at].quality <= 0 || l[at].quality < most.quality {
			continue
		}
		if l[at].quality > most.quality || l[at].specific() > most.specific() {
			best, most = i, l[at]
		}
	}
	return best
}

// values makes the method of that name.
func (l languages) values() *value.Function {
	return &value.Function{Name: "values", Call: func(*value.Runtime, []any) (any, error) {
		list := &value.List{}
		for _, w := range l {
			list.Items = append(list.Items, w.tag)
		}
		return list, nil
	}}
}

func normalTag(tag string) string { return strings.ToLower(strings.ReplaceAll(tag, "_", "-")) }

func primaryTag(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		return tag[:i]
	}
	return tag
}

// Iterate goes through the pairs of a language and its quality.
func (l languages) Iterate(rt *value.Runtime) (*value.Iterator, error) {
	pairs := make([]any, len(l))
	for i, w := range l {
		pairs[i] = value.Tuple{w.tag, w.quality}
	}
	return value.Iterate(rt, pairs)
}

func (l languages) Len() int { return len(l) }

// String writes the languages as a header does.
func (l languages) String() string {
	texts := make([]string, len(l))
	for i, w := range l {
		texts[i] = w.tag
		if w.quality != 1 {
			texts[i] += ";q=" + strconv.FormatFloat(w.quality, 'f', -1, 64)
		}
	}
	return strings.Join(texts, ",")
}

func (l languages) TypeName() string { return "LanguageAccept" }
