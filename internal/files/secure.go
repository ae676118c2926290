package files

import (
	"path"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"
)

// ascii returns what becomes of each character that is not ASCII. It is made when it is first asked for.
var ascii = sync.OnceValue(func() map[rune]string {
	table := make(map[rune]string, 2200)
	for _, form := range asciiForms {
		for _, r := range form.runes {
			table[r] = form.text
		}
	}
	return table
})

// Secure returns a file name made of ASCII letters, digits, dots, dashes and underscores, as Werkzeug's secure_filename
// makes it. A name that is a device of Windows gets an underscore in front on every system. It is "" when nothing is
// left.
func Secure(name string) string {
	words := strings.FieldsFunc(toASCII(name), separatesWords)
	name = strings.Trim(strings.Map(keepSecure, strings.Join(words, "_")), "._")
	if isDevice(name) {
		return "_" + name
	}
	return name
}

// Short returns a secure name that is no longer than file systems take.
func Short(name string) string { return shorten(name) }

func toASCII(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	table := ascii()
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteByte(byte(r))
		} else {
			b.WriteString(table[r])
		}
	}
	return b.String()
}

// separatesWords reports whether r is a space, to Python, or stands between the folders of a path.
func separatesWords(r rune) bool {
	return r == ' ' || '\t' <= r && r <= '\r' || 0x1c <= r && r <= 0x1f || r == '/' || r == '\\' && runtime.GOOS == "windows"
}

func keepSecure(r rune) rune {
	if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '.' || r == '-' {
		return r
	}
	return -1
}

// Local returns part as a clean path with slashes below some folder, "." for the folder itself. ok is false when it is
// absolute, leads out of the folder, or has a form that some operating system takes for something else: a backslash, a
// colon, a control character, a device of Windows, a dot or a space at the end of an element.
func Local(part string) (clean string, ok bool) {
	clean = path.Clean(part)
	if strings.HasPrefix(clean, "/") || clean == ".." || strings.HasPrefix(clean, "../") {
		return "", false
	}
	if strings.ContainsAny(clean, `\:`) || strings.ContainsFunc(clean, isControl) {
		return "", false
	}
	for element := range strings.SplitSeq(clean, "/") {
		if isDevice(strings.TrimLeft(element, " ")) || element != "." && strings.TrimRight(element, ". ") != element {
			return "", false
		}
	}
	return clean, true
}
