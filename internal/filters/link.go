package filters

import (
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// safe says that a text is HTML that may stand in a page as it is. It must be the program's own.
func safe(value any) template.HTML { return template.HTML(text(value)) }

// escaped returns a value as HTML; what is HTML already stays.
func escaped(value any) string {
	if markup, ok := value.(template.HTML); ok {
		return string(markup)
	}
	return template.HTMLEscapeString(text(value))
}

// A tag is what stands in angle brackets. A quote begins a value behind an equals sign alone, as HTML has it, and what is not ended
// goes to the end.
var markupTag = lazyregexp.New(`(?s)<!--.*?(?:-->|$)|<[a-zA-Z/!?](?:=\s*"[^"]*(?:"|$)|=\s*'[^']*(?:'|$)|[^>])*?(?:>|$)`)

// betweenTags has change write the text of HTML anew, and leaves the tags in it as they are: their attributes would be cut.
func betweenTags(s string, change func(b *strings.Builder, text string)) template.HTML {
	var b strings.Builder
	last := 0
	for _, at := range append(markupTag.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
		change(&b, s[last:at[0]])
		b.WriteString(s[at[0]:at[1]])
		last = at[1]
	}
	return template.HTML(b.String())
}

// nl2br writes a line break for every new line. Everything else is escaped; of what is HTML already, tags stay as they are.
func nl2br(value any) template.HTML {
	return betweenTags(oneNewLine.Replace(escaped(value)), func(b *strings.Builder, text string) {
		b.WriteString(strings.ReplaceAll(text, "\n", "<br>\n"))
	})
}

// What is HTML already may have quotes in it, which must not end the attribute that an address becomes.
var (
	webAddress = lazyregexp.New(`^(?i:(https?://|www\.)(([\pL\pN_%-]+\.)+)?([a-z]{2,63}|xn--[\pL\pN_%]{2,59})` +
		`|([\pL\pN_%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)` +
		`|(https?://)((([\p{Nd}]{1,3})(\.[\p{Nd}]{1,3}){3})|(\[([\p{Nd}a-f]{0,4}:){2}([\p{Nd}a-f]{0,4}:?){1,6}\])))` +
		`(?::[\p{Nd}]{1,5})?(?:[/?#][^\s"<>]*)?$`)
	mailAddress = lazyregexp.New(`^[^\s"<>]+@[\pL\pN_][\pL\pN_.-]*\.[\pL\pN_]+$`)
	opening     = lazyregexp.New(`^(?:[(<]|&lt;)+`)
	closing     = lazyregexp.New(`(?:[)>.,\n]|&gt;)+$`)
	spaces      = lazyregexp.New(`\s+`)
)

// urlize makes links of the addresses in a text, whose shown form may be cut after some letters. rel="noopener" is on all,
// and with true "nofollow"; a target may be given. Everything else is escaped; of what is HTML already, tags stay as they are.
func urlize(args ...any) (template.HTML, error) {
	a, value, err := arguments("urlize", "urlize 40", args, 0, false, "")
	if err != nil {
		return "", err
	}
	limit, attributes := a[0].(int), ` rel="noopener"`
	if a[1].(bool) {
		attributes = ` rel="nofollow noopener"`
	}
	if target := a[2].(string); target != "" {
		attributes += ` target="` + template.HTMLEscapeString(target) + `"`
	}
	return betweenTags(escaped(value), func(b *strings.Builder, s string) {
		last := 0
		for _, at := range append(spaces.FindAllStringIndex(s, -1), []int{len(s), len(s)}) {
			head, middle, tail := split(s[last:at[0]])
			b.WriteString(head + linked(middle, attributes, limit) + tail + s[at[0]:at[1]])
			last = at[1]
		}
	}), nil
}

// split takes off what stands around an address: brackets and the end of a sentence. Brackets of the address itself
// stay with it.
func split(word string) (head, middle, tail string) {
	head = opening.FindString(word)
	middle = word[len(head):]
	tail = closing.FindString(middle)
	middle = middle[:len(middle)-len(tail)]
	for _, pair := range [...][2]string{{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}} {
		open := strings.Count(middle, pair[0])
		if open <= strings.Count(middle, pair[1]) {
			continue
		}
		end := 0
		for range min(open, strings.Count(tail, pair[1])) {
			end += strings.Index(tail[end:], pair[1]) + len(pair[1])
		}
		middle, tail = middle+tail[:end], tail[end:]
	}
	return head, middle, tail
}

// linked returns an address as a link, and anything else as it is.
func linked(word, attributes string, limit int) string {
	mail, isMail := strings.CutPrefix(word, "mailto:")
	switch {
	case webAddress.MatchString(word):
		address := word
		if !strings.HasPrefix(word, "https://") && !strings.HasPrefix(word, "http://") {
			address = "https://" + word
		}
		return `<a href="` + address + `"` + attributes + ">" + shortened(word, limit) + "</a>"
	case isMail && mailAddress.MatchString(mail):
		return `<a href="` + word + `">` + mail + "</a>"
	case strings.Contains(word, "@") && !strings.HasPrefix(word, "www.") && !strings.Contains(word, ":") && mailAddress.MatchString(word):
		return `<a href="mailto:` + word + `">` + word + "</a>"
	}
	return word
}

// shortened cuts escaped text after some letters, in front of a reference that it would cut.
func shortened(s string, limit int) string {
	if limit <= 0 || utf8.RuneCountInString(s) <= limit {
		return s
	}
	cut := string([]rune(s)[:limit])
	if i := strings.LastIndexByte(cut, '&'); i >= 0 && !strings.Contains(cut[i:], ";") {
		cut = cut[:i]
	}
	return cut + "..."
}
