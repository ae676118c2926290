package escape

import "strings"

// A urlPart is a part of a URL.
type urlPart uint8

const (
	urlStart    urlPart = iota // where the scheme is not known yet
	urlPath                    // behind the scheme, the host or a slash
	urlQuery                   // behind ?
	urlArgument                // behind = in the query
	urlFragment                // behind #
	urlData                    // behind data:
	urlScript                  // behind javascript:
	metaStart                  // where a refresh of meta may begin
	metaDelay                  // behind its seconds
	metaURL                    // in url=
	metaOther                  // in any other content of meta
)

// blockedURL stands for a URL that may run a script.
const blockedURL = "#blocked"

// schemes are those that run nothing.
var schemes = hashSet("http", "https", "mailto", "tel", "sms", "ftp", "ftps", "sftp", "ssh", "git", "ws", "wss", "geo", "maps", "magnet", "news", "nntp", "irc", "ircs", "xmpp",
	"sip", "sips", "webcal", "urn", "ldap", "ldaps", "rtsp", "rtmp", "callto", "skype", "whatsapp", "tg", "bitcoin", "about")

// harmful are schemes that run scripts, or have a document in them.
var harmful = hashSet("javascript", "vbscript", "livescript", "mocha", "jscript", "data", "view-source", "jar", "filesystem", "blob", "behavior", "mhtml", "ms-its", "mk", "res")

var javascriptScheme, dataScheme, urlWord = hashOf("javascript"), hashOf("data"), hashOf("url")

// ignored reports whether URLs leave out c, wherever it stands.
func ignored(c byte) bool { return c == '\t' || c == '\n' || c == '\r' }

// inScheme reports whether c may be part of a scheme.
func inScheme(c byte) bool { return letter(c) || digit(c) || c == '+' || c == '-' || c == '.' }

// address reads text of a URL, or of what has URLs in it.
func (s *State) address(text string) error {
	for i := range len(text) {
		c := text[i]
		switch {
		case s.attr == urlAttr && (s.url == urlPath || s.url == urlQuery || s.url == urlArgument || s.url == urlFragment || s.url == urlData):
			s.url = s.url.behind(text[i:])
			return nil
		case s.url == urlScript:
			return s.percent(text[i:])
		case s.url >= metaStart:
			s.meta(c)
		default:
			s.addressByte(c)
		}
	}
	return nil
}

// addressByte goes on with a URL of the template's.
func (s *State) addressByte(c byte) {
	switch {
	case s.separates(c):
		s.beginURL()
	case s.url == urlStart:
		s.scheme(c)
	default:
		s.url = s.url.after(c)
	}
}

// separates reports whether c stands between URLs of a list.
func (s *State) separates(c byte) bool {
	return s.attr == urlList && (space(c) || c == ',') || s.attr == maybeURL && s.element == animateElement && c == ';'
}

// beginURL begins a URL.
func (s *State) beginURL() {
	s.url, s.word = urlStart, noWord
	s.clear(mixed)
}

// after returns the part of a URL behind c.
func (p urlPart) after(c byte) urlPart {
	switch {
	case p == urlData, p == urlFragment:
	case c == '#':
		return urlFragment
	case p == urlPath && c == '?', p == urlArgument && c == '&':
		return urlQuery
	case p == urlQuery && c == '=':
		return urlArgument
	}
	return p
}

// behind returns the part of a URL behind text.
func (p urlPart) behind(text string) urlPart {
	for i := range len(text) {
		switch text[i] {
		case '#', '?', '&', '=':
			p = p.after(text[i])
		}
	}
	return p
}

// scheme goes on with what may be a URL's scheme.
func (s *State) scheme(c byte) {
	switch {
	case ignored(c), s.word == noWord && c <= ' ':
	case inScheme(c):
		s.word = hashed(s.word, lower(c))
	case c == ':':
		s.endScheme()
	case c == '?':
		s.url = urlQuery
	case c == '#':
		s.url = urlFragment
	default:
		s.url = urlPath
	}
}

// endScheme ends a scheme.
func (s *State) endScheme() {
	if s.has(mixed) && harmful[s.word] {
		s.set(badURL)
	}
	switch {
	case s.word == javascriptScheme && s.attr != urlList:
		s.url = urlScript
		s.end, s.raw = 0, 0
		s.beginJS()
	case s.word == dataScheme && s.attr != urlList:
		s.url = urlData
	default:
		s.url = urlPath
	}
}

// meta reads content of meta, which is a URL behind "5; url=" and plain text otherwise.
func (s *State) meta(c byte) {
	const word = "url"
	switch {
	case s.url == metaOther:
	case s.url == metaStart:
		s.metaDelay(c)
	case s.url == metaDelay && (space(c) || c == ';' || c == ','):
	case s.url == metaDelay && lower(c) == word[0]:
		s.url, s.step = metaURL, 1
	case s.url == metaURL && s.step < 3 && lower(c) == word[s.step]:
		s.step++
	case s.url == metaURL && s.step == 3 && space(c):
	case s.url == metaURL && s.step >= 3 && c == '=':
		s.step = 4
	case s.url == metaURL && s.step == 4 && (space(c) || c == '"' || c == '\''):
	case s.url == metaURL && s.step < 4:
		s.url = urlPath
	default:
		s.url, s.word = urlStart, noWord
		s.scheme(c)
	}
}

// metaDelay reads the seconds of a refresh.
func (s *State) metaDelay(c byte) {
	switch {
	case digit(c), c == '.':
		s.step = 1
	case space(c):
		if s.step > 0 {
			s.url = metaDelay
		}
	case c == ';', c == ',':
		s.url = metaDelay
	default:
		s.url = metaOther
	}
}

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
	return s.attr == imageAttr || s.language() == inCSS
}

// pictures are what data: URLs of pictures begin with. SVG is none, since it is a document.
var pictures = []string{"png", "jpeg", "jpg", "gif", "webp", "avif", "bmp", "x-icon", "vnd.microsoft.icon"}

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

const hexDigits = "0123456789ABCDEF"

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
