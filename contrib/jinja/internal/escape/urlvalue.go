package escape

import "strings"

// blockedURL stands for a URL that may run a script.
const blockedURL = "#blocked"

// schemes are those that run nothing.
var schemes = hashSet("http", "https", "mailto", "tel", "sms", "ftp", "ftps", "sftp", "ssh", "git", "ws", "wss", "geo", "maps", "magnet", "news", "nntp", "irc", "ircs", "xmpp",
	"sip", "sips", "webcal", "urn", "ldap", "ldaps", "rtsp", "rtmp", "callto", "skype", "whatsapp", "tg", "bitcoin", "about")

// harmful are schemes that run scripts, or have a document in them.
var harmful = hashSet("javascript", "vbscript", "livescript", "mocha", "jscript", "data", "view-source", "jar", "filesystem", "blob", "behavior", "mhtml", "ms-its", "mk", "res")

// pictures are what data: URLs of pictures begin with. SVG is none, since it is a document.
var pictures = []string{"png", "jpeg", "jpg", "gif", "webp", "avif", "bmp", "x-icon", "vnd.microsoft.icon"}

const hexDigits = "0123456789ABCDEF"

// valueAddress goes on with a value's URL. What is behind = in the value may end the argument.
func (s *State) valueAddress(text string) {
	if text == "" {
		return
	}
	s.set(mixed)
	for i := range len(text) {
		c := text[i]
		before := s.url
		switch {
		case s.separates(c):
			s.beginURL()
			s.set(mixed)
		case s.url >= metaStart:
			s.meta(c)
		case s.url == urlStart:
			s.scheme(c)
		default:
			s.url = s.url.after(c)
		}
		if s.url == urlArgument && before == urlQuery {
			s.url = urlQuery
		}
		if s.url == urlScript || s.url == urlData {
			s.url = urlPath
		}
	}
	s.clear(badURL)
}

// harmlessURL reports whether a value may stand in s, where a URL's scheme is not known, behind what is there.
func (s *State) harmlessURL(text string) bool {
	if s.word == noWord && s.showsPictures() && picture(text) {
		return true
	}
	word := s.word
	for i := range len(text) {
		c := text[i]
		switch {
		case ignored(c), word == noWord && blank(text[i:]):
		case c < ' ', c == 0x7f: // some readers leave it out
		case s.separates(c):
			word = noWord
		case c == ':':
			if !s.harmlessScheme(word) {
				return false
			}
			return s.attr != urlList && s.attr != maybeURL || s.harmlessRest(text[i+1:])
		case word == noWord && digit(c), !inScheme(c):
			return s.harmlessRest(text[i:])
		default:
			word = hashed(word, lower(c))
		}
	}
	return !harmful[word]
}

// harmlessRest looks at the other URLs of a list.
func (s *State) harmlessRest(text string) bool {
	for i := range len(text) {
		if s.separates(text[i]) {
			rest := *s
			rest.word = noWord
			return rest.harmlessURL(text[i+1:])
		}
	}
	return true
}

// blank reports whether text begins with what is not seen: a control, a space, one of Unicode's spaces.
func blank(text string) bool {
	c := text[0]
	if c <= ' ' || c == 0x7f {
		return true
	}
	if c < 0x80 {
		return false
	}
	for _, b := range []string{"\u00a0", "\u0085", "\ufeff", "\u200b", "\u200c", "\u200d", "\u2028", "\u2029", "\u3000", "\u1680", "\u2000", "\u2003", "\u200e", "\u200f", "\u2060"} {
		if strings.HasPrefix(text, b) {
			return true
		}
	}
	return c < 0xc0 // the rest of one
}

// harmlessScheme reports whether a value's scheme may stand in s.
func (s *State) harmlessScheme(word uint64) bool {
	if s.attr == maybeURL || s.attr == metaAttr && s.url >= metaStart {
		return !harmful[word]
	}
	return schemes[word] || word == noWord
}

// showsPictures reports whether a URL in s is a picture's, and so may be a picture itself.
func (s *State) showsPictures() bool {
	return s.attr == imageAttr || s.attr == maybeURL || s.language() == inCSS
}

// picture reports whether text is a data: URL of a picture.
func picture(text string) bool {
	rest, ok := strings.CutPrefix(text, "data:image/")
	kind, body, found := strings.Cut(rest, ";base64,")
	if !ok || !found {
		return false
	}
	for _, p := range pictures {
		if kind == p {
			return base64Text(body)
		}
	}
	return false
}

func base64Text(text string) bool {
	for i := range len(text) {
		if c := text[i]; !letter(c) && !digit(c) && c != '+' && c != '/' && c != '=' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// endsArgument reports whether c must not stand in an argument of a query as it is.
func endsArgument(c byte) bool {
	switch c {
	case '&', '#', '+', '%', ' ', '"', '\'', '<', '>', '`', '\\', 0x7f:
		return true
	}
	return c < ' '
}

// encoded reports whether text is percent-encoded already, with nothing that ends an argument.
func encoded(text string) bool {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '%':
			if i+2 >= len(text) || !hexDigit(text[i+1]) || !hexDigit(text[i+2]) {
				return false
			}
			i += 2
		case endsArgument(text[i]):
			return false
		}
	}
	return true
}

// appendPercent appends text with the bytes that must be percent-encoded.
func appendPercent(b []byte, text string, must func(byte) bool) []byte {
	for i := range len(text) {
		c := text[i]
		if must(c) {
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
			continue
		}
		b = append(b, c)
	}
	return b
}

// appendURL appends a URL or a part of one.
func (s *State) appendURL(b []byte, text string) []byte {
	switch {
	case text == "":
		return b
	case s.url == urlData:
		from := len(b)
		b = appendHTML(b, text)
		return percentTail(b, from, endsData)
	case s.url >= metaStart && !s.harmlessMeta(text), s.url == urlStart && !s.harmlessURL(text), s.url < metaStart && s.url > urlStart && !s.harmlessRest(text):
		return s.blockURL(b, text)
	case s.url == urlArgument && !s.furtherArguments(text) && !encoded(text):
		b = appendPercent(b, text, endsArgument)
		s.set(mixed)
		return b
	}
	s.valueAddress(text)
	return append(b, text...)
}

// furtherArguments reports whether a value that stands behind another in an argument of a query goes on with the next: ?page={{ n }}{{ "&q=x" }}.
func (s *State) furtherArguments(text string) bool { return s.has(mixed) && text[0] == '&' }

// harmlessMeta reports whether a value makes no refresh of meta that runs a script.
func (s *State) harmlessMeta(text string) bool {
	t := *s
	t.set(mixed)
	for i := range len(text) {
		switch {
		case t.url >= metaStart:
			t.meta(text[i])
		case t.url == urlStart:
			t.scheme(text[i])
		}
	}
	return !t.has(badURL)
}

// blockURL appends what stands for a URL that may run a script. A path that is called as a scheme is, such as data, stays one.
func (s *State) blockURL(b []byte, text string) []byte {
	if s.word == noWord && s.url == urlStart && isWord(text) {
		s.url = urlPath
		return append(append(b, "./"...), text...)
	}
	s.url = urlFragment
	if s.attr == metaAttr {
		s.url = metaOther
	}
	return append(b, blockedURL...)
}

func isWord(text string) bool {
	for i := range len(text) {
		if !letter(text[i]) {
			return false
		}
	}
	return true
}

// endsData reports whether c must not stand in a data: URL as it is.
func endsData(c byte) bool {
	return c <= ' ' || c >= 0x7f || c == '&' || c == '#' || c == '%' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`'
}

// percentTail encodes what was appended from there on.
func percentTail(b []byte, from int, must func(byte) bool) []byte {
	n := 0
	for _, c := range b[from:] {
		if must(c) {
			n++
		}
	}
	if n == 0 {
		return b
	}
	return appendPercent(b[:from], string(b[from:]), must)
}
