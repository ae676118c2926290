package value

import (
	"strings"
	"unicode/utf8"
)

func findMethods() methods {
	return newMethods(
		asks("find", "sub, start=None, end=None", finds("find", strings.Index, nil)),
		asks("rfind", "sub, start=None, end=None", finds("rfind", strings.LastIndex, nil)),
		asks("index", "sub, start=None, end=None", finds("index", strings.Index, valueErrorf("substring not found"))),
		asks("rindex", "sub, start=None, end=None", finds("rindex", strings.LastIndex, valueErrorf("substring not found"))),
		asks("count", "sub, start=None, end=None", countText),
		asks("startswith", "prefix, start=None, end=None", affix("startswith", strings.HasPrefix)),
		asks("endswith", "suffix, start=None, end=None", affix("endswith", strings.HasSuffix)),
	)
}

// window is s[start:end] and where it begins, in characters. ok is false where start is behind the end of s.
func window(s string, start, end any) (part string, at int, ok bool, err error) {
	if start == nil && end == nil {
		return s, 0, true, nil
	}
	n := utf8.RuneCountInString(s)
	first, last, _, err := bounds(n, start, end, nil)
	if err != nil {
		return "", 0, false, err
	}
	if i, err := sliceIndex(startOrZero(start)); err == nil && i > n || first > last {
		return "", first, false, err
	}
	return partOfText(s, Range{first, last, 1}), first, true, nil
}

func startOrZero(v any) any {
	if v == nil {
		return 0
	}
	return v
}

// finds looks for a text; missing is the error where there is none, nil for -1.
func finds(name string, find func(s, sub string) int, missing error) textMethod {
	return func(_ *Runtime, s string, a []any) (any, error) {
		sub, err := wantText(name+"() argument", a[0])
		if err != nil {
			return nil, err
		}
		part, at, ok, err := window(s, a[1], a[2])
		if err != nil {
			return nil, err
		}
		i := -1
		if ok {
			i = find(part, sub)
		}
		if i < 0 {
			return -1, missing
		}
		return at + utf8.RuneCountInString(part[:i]), nil
	}
}

func countText(_ *Runtime, s string, a []any) (any, error) {
	sub, err := wantText("count() argument", a[0])
	if err != nil {
		return nil, err
	}
	part, _, ok, err := window(s, a[1], a[2])
	if !ok {
		return 0, err
	}
	return strings.Count(part, sub), err
}

// affix tests for a prefix or suffix, or for one of a tuple.
func affix(name string, has func(s, affix string) bool) textMethod {
	return func(_ *Runtime, s string, a []any) (any, error) {
		part, _, ok, err := window(s, a[1], a[2])
		if err != nil {
			return nil, err
		}
		wanted := []any{a[0]}
		many := isTuple(a[0])
		if many {
			wanted = sequence(a[0])
		}
		for _, v := range wanted {
			text, isText := AsString(v)
			if !isText {
				return nil, affixError(name, v, many)
			}
			if ok && has(part, text) {
				return true, nil
			}
		}
		return false, nil
	}
}

func affixError(name string, v any, many bool) error {
	if err := undefinedIn(v); err != nil {
		return err
	}
	if many {
		return typeErrorf("tuple for %s must only contain str, not %s", name, TypeName(v))
	}
	return typeErrorf("%s first arg must be str or a tuple of str, not %s", name, TypeName(v))
}
