package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many bytes a file name may have; more than most file systems take is cut.
const longest = 200

// Disposition returns the Content-Disposition for a file that is to be called name. kind is "attachment" or "inline".
// The name is cleaned first, see [Clean]. One that is not plain ASCII is written twice, for old clients with what they cannot read replaced
// by underscores.
func Disposition(kind, name string) string {
	name = Clean(name)
	fallback := strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf || r == '%' { // some clients decode the percent sign here
			return '_'
		}
		return r
	}, name)
	value := kind + `; filename="` + fallback + `"`
	if fallback != name {
		value += "; filename*=UTF-8''" + escape(name)
	}
	return value
}

// Clean returns what is left of a file name that came from anywhere: its last element, by slashes of either kind,
// without control characters, characters that are not seen or turn the direction of text around, and characters that
// some file system refuses; without dots and spaces around it, no longer than file systems take, and no name of a
// device of Windows. Nothing left is "download". Cleaning a clean name changes nothing.
func Clean(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(keep, strings.ToValidUTF8(name, ""))
	name = shorten(strings.Trim(name, " ."))
	if name == "" {
		return "download"
	}
	if isDevice(name) {
		return "_" + name
	}
	return name
}

// keep drops a character by returning -1.
func keep(r rune) rune {
	switch {
	case strings.ContainsRune(`"<>:|?*`, r), r == utf8.RuneError:
		return -1
	case r == ' ':
		return r
	case unicode.IsSpace(r):
		return -1
	case !unicode.IsPrint(r): // control and format characters, unassigned ones
		return -1
	}
	return r
}

// shorten cuts the end of a long name but leaves its extension.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > longest/4 {
		ext = ""
	}
	stem := name[:longest-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, " .") + ext
}

// isDevice reports whether Windows takes name for a device, whatever its extension.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	rest, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		rest, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(rest) == 1 && strings.Contains("0123456789¹²³", rest)
}

// escape writes text as RFC 8187 has it: everything but letters, digits and a few marks as %XX.
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
