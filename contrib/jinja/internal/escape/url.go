package escape

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
