package filters

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

func upper(value any) any { return like(value, uppercase(text(value))) }

func lower(value any) any { return like(value, strings.ToLower(text(value))) }

// uppercase is [strings.ToUpper] with the letter that becomes two.
func uppercase(s string) string { return strings.ReplaceAll(strings.ToUpper(s), "ß", "SS") }

// capitalize makes the first letter a capital, and the others small.
func capitalize(value any) string { return capital(text(value)) }

func capital(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return uppercase(s[:size]) + strings.ToLower(s[size:])
}

// wordStart finds what a word begins behind, for title.
var wordStart = lazyregexp.New(`[-\s({\[<]+`)

// title makes the first letter of every word a capital, and the others small.
func title(value any) string {
	var b strings.Builder
	s, last := text(value), 0
	for _, at := range append(wordStart.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		b.WriteString(capital(s[last:at[0]]))
		b.WriteString(s[at[0]:at[1]])
		last = at[1]
	}
	return b.String()
}

// trim removes space at both ends, or the characters given.
func trim(args ...any) (any, error) {
	a, value, err := arguments("trim", `trim "/"`, args, "")
	switch {
	case err != nil:
		return nil, err
	case a[0] == "":
		return like(value, strings.TrimSpace(text(value))), nil
	}
	return like(value, strings.Trim(text(value), a[0].(string))), nil
}

// replace puts another text in place of one, everywhere or as often as is said.
func replace(from, to string, rest ...any) (string, error) {
	a, value, err := arguments("replace", `replace "old" "new"`, rest, -1)
	if err != nil {
		return "", err
	}
	return strings.Replace(text(value), from, to, a[0].(int)), nil
}

// truncate shortens a text to a number of letters, at the end of a word. A text that is longer by a few only stays.
func truncate(args ...any) (string, error) {
	a, value, err := arguments("truncate", `truncate 80`, args, 255, false, "...", 5)
	if err != nil {
		return "", err
	}
	size, anywhere, end, leeway := a[0].(int), a[1].(bool), []rune(a[2].(string)), a[3].(int)
	if size < len(end) || leeway < 0 {
		return "", fmt.Errorf("truncate: want a length of %d or more and a leeway of 0 or more", len(end))
	}
	letters := []rune(text(value))
	if len(letters)-leeway <= size {
		return string(letters), nil
	}
	cut := string(letters[:size-len(end)])
	if space := strings.LastIndexByte(cut, ' '); !anywhere && space >= 0 {
		cut = cut[:space]
	}
	return cut + string(end), nil
}

var word = lazyregexp.New(`[\pL\pN_]+`)

func wordcount(value any) int { return len(word.FindAllStringIndex(text(value), -1)) }

// indent puts spaces before every line but the first, or before that too, and before empty ones.
func indent(args ...any) (string, error) {
	a, value, err := arguments("indent", `indent 4`, args, 4, false, false)
	if err != nil {
		return "", err
	}
	if a[0].(int) < 0 || a[0].(int) > 1000 {
		return "", fmt.Errorf("indent: want 0 to 1000 spaces")
	}
	space, first, blank := strings.Repeat(" ", a[0].(int)), a[1].(bool), a[2].(bool)
	lines := strings.Split(oneNewLine.Replace(text(value)), "\n")
	for i, line := range lines {
		if i > 0 && (line != "" || blank) || i == 0 && first {
			lines[i] = space + line
		}
	}
	return strings.Join(lines, "\n"), nil
}

// oneNewLine writes the ends of lines of all systems in one way.
var oneNewLine = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// center puts spaces on both sides.
func center(args ...any) (string, error) {
	a, value, err := arguments("center", `center 80`, args, 80)
	if err != nil {
		return "", err
	}
	s, width := text(value), a[0].(int)
	if width > 10_000 {
		return "", fmt.Errorf("center: want a width of 10000 or less")
	}
	missing := width - utf8.RuneCountInString(s)
	if missing <= 0 {
		return s, nil
	}
	left := missing/2 + missing&width&1
	return strings.Repeat(" ", left) + s + strings.Repeat(" ", missing-left), nil
}

var (
	comment = lazyregexp.New(`(?s)<!--.*?-->`)
	tag     = lazyregexp.New(`(?s)<.*?>`)
)

// striptags removes tags and makes one space of several. What is left is a text like any other, and escaped.
func striptags(value any) string {
	s := tag.ReplaceAllString(comment.ReplaceAllString(text(value), ""), "")
	return html.UnescapeString(strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " "))
}

// urlencode escapes a text for a part of a path; a slash stays.
func urlencode(value any) string {
	parts := strings.Split(text(value), "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.QueryEscape(part), "+", "%20")
	}
	return strings.Join(parts, "/")
}
