package value

import (
	"strings"
	"unicode"
)

func caseMethods() methods {
	plainCase := func(name string, change func(string) string) *method {
		return makes(name, "", func(_ *Runtime, s string, _ []any) (any, error) { return change(s), nil })
	}
	return newMethods(
		plainCase("upper", upper),
		plainCase("lower", lower),
		plainCase("title", Title),
		plainCase("capitalize", Capitalize),
		plainCase("swapcase", swapCase),
		plainCase("casefold", foldCase),
	)
}

// expansions are the letters whose upper case is more than one letter, and that in title case.
var expansions = map[rune][2]string{
	'ß': {"SS", "Ss"}, 'ŉ': {"ʼN", "ʼN"}, 'ǰ': {"J̌", "J̌"}, 'ΐ': {"Ϊ́", "Ϊ́"}, 'ΰ': {"Ϋ́", "Ϋ́"}, 'և': {"ԵՒ", "Եւ"},
	'ẖ': {"H̱", "H̱"}, 'ẗ': {"T̈", "T̈"}, 'ẘ': {"W̊", "W̊"}, 'ẙ': {"Y̊", "Y̊"}, 'ẚ': {"Aʾ", "Aʾ"},
	'ﬀ': {"FF", "Ff"}, 'ﬁ': {"FI", "Fi"}, 'ﬂ': {"FL", "Fl"}, 'ﬃ': {"FFI", "Ffi"}, 'ﬄ': {"FFL", "Ffl"}, 'ﬅ': {"ST", "St"}, 'ﬆ': {"ST", "St"},
	'ﬓ': {"ՄՆ", "Մն"}, 'ﬔ': {"ՄԵ", "Մե"}, 'ﬕ': {"ՄԻ", "Մի"}, 'ﬖ': {"ՎՆ", "Վն"}, 'ﬗ': {"ՄԽ", "Մխ"},
}

func upper(s string) string {
	if ascii(s) {
		return strings.ToUpper(s)
	}
	var b strings.Builder
	for _, c := range s {
		if e, ok := expansions[c]; ok {
			b.WriteString(e[0])
		} else {
			b.WriteRune(unicode.ToUpper(c))
		}
	}
	return b.String()
}

// lower is str.lower: a capital sigma at the end of a word becomes the final one.
func lower(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	runes := []rune(s)
	var b strings.Builder
	for i := range runes {
		b.WriteString(lowerAt(runes, i))
	}
	return b.String()
}

func lowerAt(runes []rune, i int) string {
	switch c := runes[i]; c {
	case 'İ':
		return "i̇"
	case 'Σ':
		if isCasedNear(runes, i-1, -1) && !isCasedNear(runes, i+1, 1) {
			return "ς"
		}
		return "σ"
	default:
		return string(unicode.ToLower(c))
	}
}

// isCasedNear looks from i on for a letter with case, over marks and points.
func isCasedNear(runes []rune, i, by int) bool {
	for ; i >= 0 && i < len(runes); i += by {
		if !caseIgnorable(runes[i]) {
			return isCased(runes[i])
		}
	}
	return false
}

func caseIgnorable(c rune) bool {
	return unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:·’‘", c)
}

func isCased(c rune) bool {
	return unicode.IsUpper(c) || unicode.IsLower(c) || unicode.IsTitle(c) || unicode.In(c, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

func titleOf(c rune) string {
	if e, ok := expansions[c]; ok {
		return e[1]
	}
	return string(unicode.ToTitle(c))
}

// Title is str.title: a capital at each beginning of letters.
func Title(s string) string {
	runes := []rune(s)
	var b strings.Builder
	inWord := false
	for i, c := range runes {
		if inWord {
			b.WriteString(lowerAt(runes, i))
		} else {
			b.WriteString(titleOf(c))
		}
		inWord = isCased(c)
	}
	return b.String()
}

// Capitalize is str.capitalize: a capital first, and small letters behind.
func Capitalize(s string) string {
	runes := []rune(s)
	var b strings.Builder
	for i, c := range runes {
		if i == 0 {
			b.WriteString(titleOf(c))
		} else {
			b.WriteString(lowerAt(runes, i))
		}
	}
	return b.String()
}

func swapCase(s string) string {
	runes := []rune(s)
	var b strings.Builder
	for i, c := range runes {
		switch {
		case unicode.IsUpper(c):
			b.WriteString(lowerAt(runes, i))
		case isLower(c):
			b.WriteString(upper(string(c)))
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// foldCase is str.casefold.
func foldCase(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, c := range s {
		if e, ok := expansions[c]; ok {
			b.WriteString(foldAll(e[0]))
		} else {
			b.WriteString(fold(c))
		}
	}
	return b.String()
}

func foldAll(s string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteString(fold(c))
	}
	return b.String()
}

func fold(c rune) string {
	switch c {
	case 'ẞ':
		return "ss"
	case 'ς':
		return "σ"
	case 'İ':
		return "i̇"
	case 'ſ':
		return "s"
	case 'µ':
		return "μ"
	}
	return string(unicode.ToLower(c))
}

// kindMethods tell of which kind the characters of a text are.
func kindMethods() methods {
	every := func(name string, is func(rune) bool) *method {
		return asks(name, "", func(_ *Runtime, s string, _ []any) (any, error) { return s != "" && all(s, is), nil })
	}
	return newMethods(
		every("isalpha", unicode.IsLetter),
		every("isdecimal", isDecimal),
		every("isdigit", isDigit),
		every("isnumeric", isNumeric),
		every("isalnum", func(c rune) bool { return unicode.IsLetter(c) || isNumeric(c) }),
		every("isspace", isSpace),
		asks("isascii", "", func(_ *Runtime, s string, _ []any) (any, error) { return ascii(s), nil }),
		asks("isprintable", "", func(_ *Runtime, s string, _ []any) (any, error) { return all(s, unicode.IsPrint), nil }),
		asks("isidentifier", "", func(_ *Runtime, s string, _ []any) (any, error) { return isIdentifier(s), nil }),
		asks("isupper", "", func(_ *Runtime, s string, _ []any) (any, error) { return hasOnlyCase(s, isUpper, isLowerOrTitle), nil }),
		asks("islower", "", func(_ *Runtime, s string, _ []any) (any, error) { return hasOnlyCase(s, isLower, isUpperOrTitle), nil }),
		asks("istitle", "", func(_ *Runtime, s string, _ []any) (any, error) { return isTitle(s), nil }),
	)
}

func all(s string, is func(rune) bool) bool {
	for _, c := range s {
		if !is(c) {
			return false
		}
	}
	return true
}

func isDecimal(c rune) bool { return unicode.Is(unicode.Nd, c) }

func isDigit(c rune) bool {
	return isDecimal(c) || strings.ContainsRune("²³¹", c) || unicode.Is(unicode.No, c) && (c >= 0x2070 && c <= 0x2089 ||
		c >= 0x2460 && c <= 0x2468 || c >= 0x2474 && c <= 0x247c || c >= 0x2488 && c <= 0x2490 || c == 0x24ea || c >= 0x24f5 && c <= 0x24fd ||
		c == 0x24ff || c >= 0x2776 && c <= 0x277e || c >= 0x2780 && c <= 0x2788 || c >= 0x278a && c <= 0x2792 || c >= 0x1369 && c <= 0x1371)
}

func isNumeric(c rune) bool {
	return unicode.In(c, unicode.Nd, unicode.Nl, unicode.No) || strings.ContainsRune("〇一二三四五六七八九十百千万億兆零壹貳參肆伍陸柒捌玖拾佰仟萬", c)
}

func isUpper(c rune) bool { return unicode.IsUpper(c) || unicode.Is(unicode.Other_Uppercase, c) }

func isLower(c rune) bool { return unicode.IsLower(c) || unicode.Is(unicode.Other_Lowercase, c) }

func isLowerOrTitle(c rune) bool { return isLower(c) || unicode.IsTitle(c) }

func isUpperOrTitle(c rune) bool { return isUpper(c) || unicode.IsTitle(c) }

// hasOnlyCase reports whether s has letters of one case, and none of the other.
func hasOnlyCase(s string, wanted, unwanted func(rune) bool) bool {
	found := false
	for _, c := range s {
		if unwanted(c) {
			return false
		}
		found = found || wanted(c)
	}
	return found
}

func isTitle(s string) bool {
	found, inWord := false, false
	for _, c := range s {
		switch {
		case isUpperOrTitle(c):
			if inWord {
				return false
			}
			found, inWord = true, true
		case isLower(c):
			if !inWord {
				return false
			}
		default:
			inWord = false
		}
	}
	return found
}

func isIdentifier(s string) bool {
	for i, c := range s {
		start := c == '_' || unicode.IsLetter(c) || unicode.In(c, unicode.Nl, unicode.Other_ID_Start)
		if !start && (i == 0 || !unicode.In(c, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)) {
			return false
		}
	}
	return s != ""
}
