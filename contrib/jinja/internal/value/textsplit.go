package value

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func splitMethods() methods {
	return newMethods(
		makes("split", "sep=None, maxsplit=-1", splitText),
		makes("rsplit", "sep=None, maxsplit=-1", rsplitText),
		makes("splitlines", "keepends=False", func(rt *Runtime, s string, a []any) (any, error) {
			keep, err := Truth(a[0])
			if err != nil {
				return nil, err
			}
			return textList(rt, SplitLines(s, keep))
		}),
		makes("partition", "sep", func(_ *Runtime, s string, a []any) (any, error) {
			return partition(s, a[0], strings.Index, func(s string) Tuple { return Tuple{s, "", ""} })
		}),
		makes("rpartition", "sep", func(_ *Runtime, s string, a []any) (any, error) {
			return partition(s, a[0], strings.LastIndex, func(s string) Tuple { return Tuple{"", "", s} })
		}),
	)
}

func partition(s string, v any, find func(s, sep string) int, without func(s string) Tuple) (any, error) {
	sep, err := wantSeparator(v)
	if err != nil {
		return nil, err
	}
	i := find(s, sep)
	if i < 0 {
		return without(s), nil
	}
	return Tuple{s[:i], sep, s[i+len(sep):]}, nil
}

func wantSeparator(v any) (string, error) {
	sep, err := wantText("separator", v)
	if isKind(err, "TypeError") {
		return "", typeErrorf("must be str or None, not %s", TypeName(v))
	}
	if err == nil && sep == "" {
		err = valueErrorf("empty separator")
	}
	return sep, err
}

func textList(rt *Runtime, texts []string) (any, error) {
	items := make([]any, len(texts))
	for i, s := range texts {
		items[i] = s
	}
	return &List{items}, spend(rt, len(items))
}

func splitText(rt *Runtime, s string, a []any) (any, error) {
	most, err := index(a[1])
	if err != nil {
		return nil, err
	}
	if a[0] == nil {
		return textList(rt, splitSpace(s, most))
	}
	sep, err := wantSeparator(a[0])
	if err != nil {
		return nil, err
	}
	if most < 0 || most >= len(s) {
		most = -2
	}
	return textList(rt, strings.SplitN(s, sep, most+1))
}

// splitSpace splits at runs of white space, at most times; the rest keeps the space behind it.
func splitSpace(s string, most int) []string {
	var parts []string
	for {
		s = strings.TrimLeftFunc(s, isSpace)
		if s == "" {
			return parts
		}
		end := strings.IndexFunc(s, isSpace)
		if most >= 0 && len(parts) >= most {
			return append(parts, s)
		}
		if end < 0 {
			return append(parts, s)
		}
		parts = append(parts, s[:end])
		s = s[end:]
	}
}

func rsplitText(rt *Runtime, s string, a []any) (any, error) {
	most, err := index(a[1])
	if err != nil {
		return nil, err
	}
	if a[0] == nil {
		return textList(rt, rsplitSpace(s, most))
	}
	sep, err := wantSeparator(a[0])
	if err != nil {
		return nil, err
	}
	var parts []string
	for most < 0 || len(parts) < most {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		parts = append(parts, s[i+len(sep):])
		s = s[:i]
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return textList(rt, parts)
}

func rsplitSpace(s string, most int) []string {
	var parts []string
	for {
		s = strings.TrimRightFunc(s, isSpace)
		if s == "" {
			break
		}
		if most >= 0 && len(parts) >= most {
			parts = append(parts, s)
			break
		}
		start := strings.LastIndexFunc(s, isSpace)
		if start < 0 {
			parts = append(parts, s)
			break
		}
		_, size := utf8.DecodeRuneInString(s[start:])
		parts = append(parts, s[start+size:])
		s = s[:start]
	}
	slices.Reverse(parts)
	return parts
}

// SplitLines is str.splitlines.
func SplitLines(s string, keep bool) []string {
	var lines []string
	for s != "" {
		end := strings.IndexFunc(s, isLineBreak)
		if end < 0 {
			return append(lines, s)
		}
		next := end + breakSize(s[end:])
		if keep {
			lines = append(lines, s[:next])
		} else {
			lines = append(lines, s[:end])
		}
		s = s[next:]
	}
	return lines
}

func isLineBreak(c rune) bool {
	return c >= '\n' && c <= '\r' || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029
}

func breakSize(s string) int {
	if strings.HasPrefix(s, "\r\n") {
		return 2
	}
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
