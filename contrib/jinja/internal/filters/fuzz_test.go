package filters_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// FuzzFilters calls filters, tests and globals with any values: none panics, and none takes more than its budget.
func FuzzFilters(f *testing.F) {
	names := [][2]string{}
	for name := range library.filters {
		names = append(names, [2]string{"filter", name})
	}
	for name := range library.tests {
		names = append(names, [2]string{"test", name})
	}
	for name := range library.globals {
		names = append(names, [2]string{"global", name})
	}
	f.Add(uint64(1), "http://example.org", "x")
	f.Add(uint64(7), "<b>&amp;</b>\r\n", "%s")
	f.Fuzz(func(t *testing.T, seed uint64, text, other string) {
		d := newDice(seed)
		value1 := func(rt *value.Runtime) any {
			switch d.IntN(5) {
			case 0:
				return text
			case 1:
				return other
			case 2:
				return value.Markup{Text: text, Language: value.HTML}
			}
			return d.value(3).decode(rt)
		}
		for range 20 {
			rt := newRuntime(d.IntN(2) == 0, value.UndefinedMode(d.IntN(4)))
			rt.Steps = 100_000
			var args value.Args
			for range d.IntN(4) + 1 {
				args.Positional = append(args.Positional, value1(rt))
			}
			if d.IntN(4) == 0 {
				args.Named = append(args.Named, value.Named{Name: d.pick("attribute", "width", "default", "indent", "by", text), Value: value1(rt)})
			}
			name := names[d.IntN(len(names))]
			if v, err := call(rt, name[0], name[1], args); err == nil {
				_, _ = encode(rt, v)
			}
		}
	})
}
