package machine

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// textMethod returns a method of str, nil if it is not offered.
func (m *Machine) textMethod(s, name string) *starlark.Builtin {
	switch name {
	case "capitalize", "isalnum", "isalpha", "isdigit", "islower", "isspace", "istitle", "isupper", "lower",
		"title", "upper", "partition", "rpartition", "removeprefix",
		"removesuffix":
		return m.inherited(starlark.String(s), name, len(s))
	case "lstrip", "rstrip", "strip":
		return m.splitting(s, name, "chars")
	case "split", "rsplit":
		return m.splitting(s, name, "sep", "maxsplit")
	case "splitlines":
		return m.splittingLines(s)
	case "casefold":
		return m.inherited(starlark.String(s), "lower", len(s))
	case "isnumeric", "isdecimal":
		return m.inherited(starlark.String(s), "isdigit", len(s))
	case "find", "rfind", "index", "rindex", "count":
		return m.finding(s, name)
	case "startswith":
		return m.testing(s, name, strings.HasPrefix)
	case "endswith":
		return m.testing(s, name, strings.HasSuffix)
	case "center", "ljust", "rjust":
		return m.aligning(s, name)
	case "zfill":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.zfill(s, args, kwargs)
		})
	case "encode":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.encode(s, args, kwargs)
		})
	case "join":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.join(s, args, kwargs)
		})
	case "replace":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.replace(s, args, kwargs)
		})
	case "format_map":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.formatMap(s, args, kwargs)
		})
	case "swapcase", "isidentifier", "isascii":
		return m.casing(s, name)
	case "format":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.format(s, args, kwargs)
		})
	}
	return nil
}

// bytesMethod returns a method of bytes, nil if it is not offered.
func (m *Machine) bytesMethod(s, name string) *starlark.Builtin {
	switch name {
	case "decode":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m.decode(s, args, kwargs)
		})
	case "hex":
		return m.plain(name, func() (starlark.Value, error) {
			return m.text(hex.EncodeToString([]byte(s)))
		})
	}
	return nil
}

// encoding reads the arguments of encode and decode: the name of the encoding, and whether errors are left out.
func encoding(name string, args starlark.Tuple, kwargs []starlark.Tuple) (charset string, ignore bool, err error) {
	charset, errors := "utf-8", "strict"
	if err := unpack(name, args, kwargs, "encoding?", &charset, "errors?", &errors); err != nil {
		return "", false, err
	}
	charset = strings.ReplaceAll(strings.ToLower(charset), "_", "-")
	switch charset {
	case "utf8":
		charset = "utf-8"
	case "us-ascii":
		charset = "ascii"
	case "latin1", "iso-8859-1", "iso8859-1":
		charset = "latin-1"
	case "utf-8", "ascii", "latin-1", "unicode-escape":
	default:
		return "", false, fault.New("only UTF-8, ASCII and Latin-1 are available in %s()", name)
	}
	if errors != "strict" && errors != "ignore" {
		return "", false, fault.New("%s() takes the errors \"strict\" and \"ignore\" here", name)
	}
	return charset, errors == "ignore", nil
}

func (m *Machine) encode(s string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	charset, ignore, err := encoding("encode", args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := m.charge(len(s)); err != nil {
		return nil, err
	}
	last := map[string]rune{"utf-8": utf8.MaxRune, "ascii": 0x7F, "latin-1": 0xFF}[charset]
	if last == 0 {
		return nil, fault.New("encode() to %s is not available; write a b\"...\" literal", charset)
	}
	if last == utf8.MaxRune {
		return starlark.Bytes(s), nil
	}
	var b []byte
	for _, r := range s {
		switch {
		case r <= last:
			b = append(b, byte(r))
		case !ignore:
			return nil, fault.Raise("UnicodeEncodeError", "a text has characters that %s has not", charset)
		}
	}
	return starlark.Bytes(b), nil
}

// decode implements bytes.decode.
func (m *Machine) decode(s string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	charset, ignore, err := encoding("decode", args, kwargs)
	if err != nil {
		return nil, err
	}
	if err := m.charge(2 * len(s)); err != nil {
		return nil, err
	}
	if charset == "latin-1" || charset == "unicode-escape" {
		if charset == "unicode-escape" && strings.Contains(s, `\`) {
			return m.unescaped(s)
		}
		runes := make([]rune, len(s))
		for i := range len(s) {
			runes[i] = rune(s[i])
		}
		return m.text(string(runes))
	}
	valid := utf8.ValidString(s)
	if charset == "ascii" {
		valid = isPlainASCII(s)
	}
	switch {
	case !valid && !ignore:
		return nil, fault.Raise("UnicodeDecodeError", "these bytes are not %s", strings.ToUpper(charset))
	case !valid:
		return nil, fault.New("decode() leaves out no errors here; check where the bytes come from")
	}
	return m.text(s)
}

func isPlainASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// unescaped reads the escapes of Python in bytes.
func (m *Machine) unescaped(s string) (starlark.Value, error) {
	var b strings.Builder
	for s != "" {
		plain, rest, found := strings.Cut(s, `\`)
		for i := range len(plain) {
			b.WriteRune(rune(plain[i]))
		}
		if !found {
			break
		}
		r, after, ok := unescape(rest)
		if !ok {
			return nil, fault.New("this escape is not available in decode(\"unicode-escape\"); write the text")
		}
		b.WriteRune(r)
		s = after
	}
	return m.text(b.String())
}

// unescape reads what follows a backslash.
func unescape(s string) (rune, string, bool) {
	if s == "" {
		return 0, "", false
	}
	if r, ok := map[byte]rune{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '\'': '\'', '"': '"'}[s[0]]; ok {
		return r, s[1:], true
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]
	if digits == 0 || len(s) <= digits {
		return 0, "", false
	}
	n, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return 0, "", false
	}
	return rune(n), s[1+digits:], true
}

// splitting takes by name what Starlark takes by position only, and None for what is left out.
func (m *Machine) splitting(s, name string, params ...string) *starlark.Builtin {
	inner := m.inherited(starlark.String(s), name, len(s))
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		given := make([]starlark.Value, len(params))
		pairs := make([]any, 0, 2*len(params))
		for i, param := range params {
			given[i] = starlark.None
			pairs = append(pairs, param+"?", &given[i])
		}
		if err := unpack(name, args, kwargs, pairs...); err != nil {
			return nil, err
		}
		for len(given) > 0 && given[len(given)-1] == starlark.None {
			given = given[:len(given)-1]
		}
		return m.call(inner, starlark.Tuple(given), nil)
	})
}

// splittingLines is splitlines, which knows more line ends than Starlark's.
func (m *Machine) splittingLines(s string) *starlark.Builtin {
	return builtin("splitlines", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		keep := false
		if err := unpack("splitlines", args, kwargs, "keepends?", &keep); err != nil {
			return nil, err
		}
		if err := m.charge(len(s) * entrySize); err != nil {
			return nil, err
		}
		var lines []starlark.Value
		for rest := s; rest != ""; {
			line, end := cutLine(rest)
			rest = rest[len(line)+len(end):]
			if keep {
				line += end
			}
			lines = append(lines, starlark.String(line))
		}
		return starlark.NewList(lines), nil
	})
}

// cutLine returns the first line and its end.
func cutLine(s string) (line, end string) {
	i := strings.IndexAny(s, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
	if i < 0 {
		return s, ""
	}
	size := len("\r\n")
	if !strings.HasPrefix(s[i:], "\r\n") {
		_, size = utf8.DecodeRuneInString(s[i:])
	}
	return s[:i], s[i : i+size]
}

// testing is startswith and endswith.
func (m *Machine) testing(s, name string, has func(s, affix string) bool) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var affix starlark.Value
		var low, high starlark.Value = starlark.None, starlark.None
		if err := unpack(name, args, kwargs, "affix", &affix, "start?", &low, "end?", &high); err != nil {
			return nil, err
		}
		within, start, err := m.within(s, low, high)
		if err != nil {
			return nil, err
		}
		affixes, several := affix.(starlark.Tuple)
		if !several {
			affixes = starlark.Tuple{affix}
		}
		for _, affix := range affixes {
			text, ok := affix.(starlark.String)
			if !ok {
				return nil, fault.New("%s() needs text, not %s%s", name, typeName(affix), noneHint(affix))
			}
			if start >= 0 && has(within, string(text)) {
				return starlark.True, nil
			}
		}
		return starlark.False, nil
	})
}

// within returns the part of a text between two places, and the first place, -1 if that is beyond the end.
func (m *Machine) within(s string, low, high starlark.Value) (string, int, error) {
	if err := m.charge(len(s)); err != nil {
		return "", 0, err
	}
	if low == starlark.None && high == starlark.None {
		return s, 0, nil
	}
	runes := []rune(s)
	start, end, _, err := bounds(low, high, starlark.None, len(runes))
	if err != nil {
		return "", 0, err
	}
	if first, _ := bound(low, 0); first > len(runes) {
		return "", -1, nil
	}
	return string(runes[start:end]), start, nil
}

// finding is find, index and count with their reversed forms. Places count characters.
func (m *Machine) finding(s, name string) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var part string
		var low, high starlark.Value = starlark.None, starlark.None
		if err := unpack(name, args, kwargs, "sub", &part, "start?", &low, "end?", &high); err != nil {
			return nil, err
		}
		within, start, err := m.within(s, low, high)
		if err != nil {
			return nil, err
		}
		if start < 0 {
			part = within + "?" // found nowhere
		}
		if name == "count" {
			return starlark.MakeInt(strings.Count(within, part)), nil
		}
		at := strings.Index(within, part)
		if name[0] == 'r' {
			at = strings.LastIndex(within, part)
		}
		if at >= 0 {
			return starlark.MakeInt(start + utf8.RuneCountInString(within[:at])), nil
		}
		if strings.HasSuffix(name, "index") {
			return nil, fault.Raise("ValueError", "%s() finds nothing", name)
		}
		return starlark.MakeInt(-1), nil
	})
}

// aligning is center, ljust and rjust.
func (m *Machine) aligning(s, name string) *starlark.Builtin {
	return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var width int
		fill := " "
		if err := unpack(name, args, kwargs, "width", &width, "fillchar?", &fill); err != nil {
			return nil, err
		}
		missing := width - utf8.RuneCountInString(s)
		if missing <= 0 {
			return starlark.String(s), nil
		}
		if utf8.RuneCountInString(fill) != 1 {
			return nil, fault.New("%s() fills with one character", name)
		}
		if missing > maxText {
			return nil, m.chargeText(missing)
		}
		if err := m.chargeText(len(s) + missing*len(fill)); err != nil {
			return nil, err
		}
		left := 0
		switch name {
		case "rjust":
			left = missing
		case "center":
			left = missing/2 + missing&width&1
		}
		return starlark.String(strings.Repeat(fill, left) + s + strings.Repeat(fill, missing-left)), nil
	})
}

func (m *Machine) zfill(s string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var width int
	if err := unpack("zfill", args, kwargs, "width", &width); err != nil {
		return nil, err
	}
	missing := max(0, width-utf8.RuneCountInString(s))
	if err := m.chargeText(max(missing, len(s)+min(missing, maxText))); err != nil {
		return nil, err
	}
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	return starlark.String(sign + strings.Repeat("0", missing) + s), nil
}

func (m *Machine) join(separator string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Value
	if err := unpack("join", args, kwargs, "iterable", &list); err != nil {
		return nil, err
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(elems))
	total := 0
	for i, elem := range elems {
		s, ok := unmember(elem).(starlark.String)
		if !ok {
			return nil, fault.Raise("TypeError", "join() needs text, not %s%s", typeName(elem), noneHint(elem))
		}
		texts[i] = string(s)
		if total += len(s) + len(separator); total > maxText+len(separator) {
			break
		}
	}
	if err := m.chargeText(max(0, total-len(separator))); err != nil {
		return nil, err
	}
	return starlark.String(strings.Join(texts, separator)), nil
}

func (m *Machine) replace(s string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var old, by string
	count := -1
	if err := unpack("replace", args, kwargs, "old", &old, "new", &by, "count?", &count); err != nil {
		return nil, err
	}
	if err := m.charge(len(s)); err != nil {
		return nil, err
	}
	n := strings.Count(s, old)
	if count >= 0 {
		n = min(n, count)
	}
	// Both factors are at most a MiB and one byte, so the product fits.
	if err := m.chargeText(max(0, len(s)+n*(len(by)-len(old)))); err != nil {
		return nil, err
	}
	return starlark.String(strings.Replace(s, old, by, count)), nil
}

// checkText refuses bytes that are no text.
func checkText(data []byte) error {
	if !utf8.Valid(data) {
		return fault.Raise("UnicodeDecodeError", "these bytes are not UTF-8")
	}
	return nil
}

// casing is swapcase and questions about the characters.
func (m *Machine) casing(s, name string) *starlark.Builtin {
	return m.plain(name, func() (starlark.Value, error) {
		if err := m.charge(len(s)); err != nil {
			return nil, err
		}
		if !isPlainASCII(s) && name != "isascii" {
			return nil, fault.New("%s() of text that is not ASCII is not available; write the value", name)
		}
		switch name {
		case "isascii":
			return starlark.Bool(isPlainASCII(s)), nil
		case "isidentifier":
			return starlark.Bool(s != "" && (s[0] < '0' || s[0] > '9') && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""), nil
		}
		swap := func(r rune) rune {
			if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
				return r ^ 0x20
			}
			return r
		}
		return m.text(strings.Map(swap, s))
	})
}
