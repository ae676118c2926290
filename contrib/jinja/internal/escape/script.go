package escape

// A content is what a script's type makes of it, and what text inside svg is.
type content uint8

const (
	noContent content = iota
	ofScript          // JavaScript or JSON
	ofStyle           // CSS
	ofText            // a template, which is HTML
)

// scriptTypes are the types of scripts that run or that are JSON.
var scriptTypes = hashSet("", "module", "importmap", "speculationrules", "application/json", "application/ld+json", "application/manifest+json", "application/geo+json",
	"text/javascript", "application/javascript", "application/x-javascript", "text/x-javascript", "application/ecmascript", "application/x-ecmascript", "text/ecmascript",
	"text/x-ecmascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2", "text/javascript1.3", "text/javascript1.4", "text/javascript1.5",
	"text/jscript", "text/livescript", "text/babel", "text/jsx", "application/typescript", "text/typescript", "text/coffeescript", "text/partytown", "text/hyperscript",
	"text/json", "text/x-json", "application/importmap+json", "text/vbscript", "text/x-mathjax-config", "x-shader/x-vertex", "x-shader/x-fragment", "text/x-typescript")

// scriptType returns what a type makes of a script.
func scriptType(word uint64) content {
	if scriptTypes[word] {
		return ofScript
	}
	return ofText
}

// scriptTypeText goes on with the type of a script. Its parameters are left out.
func (s *State) scriptTypeText(text string) {
	for i := range len(text) {
		switch c := lower(text[i]); {
		case c == ';':
			s.step = 1
		case s.step == 0 && !space(c):
			s.word = hashed(s.word, c)
		}
	}
}

// A mode is what part of JavaScript or CSS s is in.
type mode uint8

const (
	jsCode mode = iota
	jsDouble
	jsSingle
	jsTemplate
	jsLine
	jsBlock
	jsRegex
	jsClass // [ in a regular expression
)

// Steps of tokens of JavaScript.
const (
	stepNone   uint8 = iota
	stepSlash        // /
	stepLess         // <
	stepBang         // <!
	stepDash         // <!-
	stepMinus        // - where a line begins
	stepMinus2       // --
	stepPlus         // + or -, which may be one of two
	stepStar         // * in a comment
	stepDollar       // $ in a template literal
)

// Kinds of brackets on the stack.
const (
	plainBracket uint64 = iota
	regexBracket        // behind it may stand a regular expression
	holeBracket         // ${ of a template literal
)

// arrow stands for => in last.
const arrow = 1

// beforeRegex are the words that a value follows.
var beforeRegex = hashSet("return", "typeof", "case", "do", "else", "in", "instanceof", "new", "void", "delete", "throw", "yield", "await", "of", "default", "extends")

// beforeCondition are the words whose brackets a statement follows.
var beforeCondition = hashSet("if", "while", "for", "with")

// beforeBlock are the words that a block follows.
var beforeBlock = hashSet("else", "do", "try", "finally", "static")

// beginJS begins JavaScript.
func (s *State) beginJS() {
	s.mode, s.word, s.stack, s.step, s.last = jsCode, noWord, 0, 0, 0
	s.set(regex | fresh)
	s.clear(inWord | number | escaped | wasRegex | mixed)
}

// js reads JavaScript.
func (s *State) js(text string) error {
	for i := range len(text) {
		c := text[i]
		switch s.mode {
		case jsCode:
			if err := s.jsCode(c); err != nil {
				return err
			}
		case jsDouble:
			s.jsString(c, '"')
		case jsSingle:
			s.jsString(c, '\'')
		case jsTemplate:
			if err := s.jsTemplate(c); err != nil {
				return err
			}
		case jsLine:
			s.jsLine(c)
		case jsBlock:
			s.jsBlock(c)
		case jsRegex, jsClass:
			s.jsRegex(c)
		}
	}
	return nil
}

// identifier reports whether c is part of an identifier or number.
func identifier(c byte) bool {
	return letter(c) || digit(c) || c == '_' || c == '$' || c >= 0x80 || c == '\\'
}

func (s *State) jsCode(c byte) error {
	if s.step != stepNone && s.jsStep(c) {
		return nil
	}
	switch {
	case identifier(c):
		s.jsWord(c)
		return nil
	case c == '.' && s.has(inWord) && s.has(number):
		s.last = c
		return nil
	case s.has(inWord):
		s.endWord()
	}
	switch {
	case c == '\n', c == '\r':
		s.set(fresh)
		return nil
	case c <= ' ':
		return nil
	}
	err := s.jsSign(c)
	s.word = noWord
	if s.step != stepMinus {
		s.clear(fresh)
	}
	return err
}

// jsWord goes on with an identifier or number.
func (s *State) jsWord(c byte) {
	if !s.has(inWord) {
		s.put(number, digit(c))
		s.set(inWord)
		s.clear(fresh | mixed)
		s.word = noWord
		if s.last == '.' {
			s.word = 0 // a property, whatever its name
		}
	}
	s.word, s.last = hashed(s.word, c), c
}

// endWord ends an identifier or number.
func (s *State) endWord() {
	s.clear(inWord)
	s.put(regex, beforeRegex[s.word])
}

// jsSign reads what is neither word nor space.
func (s *State) jsSign(c byte) error {
	before := s.last
	s.last = c
	switch c {
	case '"', '\'', '`':
		s.jsQuote(c)
	case '/':
		s.last, s.step = before, stepSlash
	case '<':
		s.step = stepLess
		s.set(regex)
	case '(':
		return s.open(bracketIf(beforeCondition[s.word]))
	case '[':
		return s.open(plainBracket)
	case '{':
		return s.open(bracketIf(s.blockBehind(before)))
	case ')', ']', '}':
		s.close(c)
	case '+', '-':
		s.put(wasRegex, s.has(regex))
		s.set(regex)
		s.step = stepPlus
		if c == '-' && s.has(fresh) {
			s.step = stepMinus
		}
	case '>':
		if before == '=' {
			s.last = arrow
		}
		s.set(regex)
	default:
		s.set(regex)
	}
	return nil
}

func (s *State) jsQuote(c byte) {
	switch c {
	case '"':
		s.mode = jsDouble
	case '\'':
		s.mode = jsSingle
	default:
		s.mode = jsTemplate
	}
}

func bracketIf(regexFollows bool) uint64 {
	if regexFollows {
		return regexBracket
	}
	return plainBracket
}

// blockBehind reports whether { begins a block behind that byte, and no object.
func (s *State) blockBehind(before byte) bool {
	switch before {
	case 0, ')', ';', '{', '}', arrow:
		return true
	}
	return !s.has(regex) || beforeBlock[s.word]
}

// open opens a bracket.
func (s *State) open(kind uint64) error {
	if s.stack>>62 == holeBracket {
		return ErrNesting
	}
	s.stack = s.stack<<2 | kind
	s.set(regex)
	return nil
}

// close closes a bracket.
func (s *State) close(c byte) {
	kind := s.stack & 3
	if kind == holeBracket && c != '}' {
		s.clear(regex)
		return
	}
	s.stack >>= 2
	s.put(regex, kind == regexBracket)
	if kind == holeBracket {
		s.mode = jsTemplate
	}
}

// jsStep goes on with a token of several signs, and reports whether c belongs to it.
func (s *State) jsStep(c byte) bool {
	step := s.step
	s.step = stepNone
	switch {
	case step == stepSlash:
		return s.afterSlash(c)
	case step == stepLess && c == '!':
		s.step = stepBang
	case step == stepBang && c == '-':
		s.step = stepDash
	case step == stepDash && c == '-', step == stepMinus2 && c == '>':
		s.jsComment(jsLine)
	case step == stepMinus && c == '-':
		s.step = stepMinus2
		s.put(regex, s.has(wasRegex))
	case step == stepPlus && c == s.last:
		s.put(regex, s.has(wasRegex))
	default:
		if step == stepMinus || step == stepMinus2 {
			s.clear(fresh)
		}
		return false
	}
	return true
}

// afterSlash decides by c what a slash has begun.
func (s *State) afterSlash(c byte) bool {
	switch c {
	case '/':
		s.jsComment(jsLine)
		return true
	case '*':
		s.jsComment(jsBlock)
		return true
	}
	s.step = stepSlash
	s.jsSlash()
	if s.mode != jsRegex {
		return false
	}
	s.jsRegex(c)
	return true
}

// jsComment begins a comment.
func (s *State) jsComment(m mode) {
	s.mode, s.word = m, noWord
}

// jsSlash decides that the slash before has begun a regular expression, or is an operator.
func (s *State) jsSlash() {
	s.step = stepNone
	s.clear(fresh)
	s.last, s.word = '/', noWord
	if s.has(regex) {
		s.mode = jsRegex
		return
	}
	s.set(regex)
}

// endOperand goes back to code behind a value.
func (s *State) endOperand() {
	s.mode, s.word, s.last, s.step = jsCode, noWord, '"', stepNone
	s.clear(regex | escaped | inWord | fresh)
}

func (s *State) jsString(c, quote byte) {
	switch {
	case s.has(escaped):
		s.clear(escaped)
	case c == '\\':
		s.set(escaped)
	case c == quote:
		s.endOperand()
	}
}

func (s *State) jsTemplate(c byte) error {
	step := s.step
	s.step = stepNone
	switch {
	case s.has(escaped):
		s.clear(escaped)
	case c == '\\':
		s.set(escaped)
	case c == '`':
		s.endOperand()
	case c == '$':
		s.step = stepDollar
	case c == '{' && step == stepDollar:
		s.mode, s.last, s.word = jsCode, '(', noWord
		return s.open(holeBracket)
	}
	return nil
}

// jsLine reads a comment up to the end of the line, which U+2028 and U+2029 are too.
func (s *State) jsLine(c byte) {
	s.word = s.word<<8 | uint64(c)
	if rune3 := s.word & 0xffffff; c == '\n' || c == '\r' || rune3 == 0xe280a8 || rune3 == 0xe280a9 {
		s.mode, s.word = jsCode, noWord
		s.set(fresh)
	}
}

func (s *State) jsBlock(c byte) {
	switch {
	case c == '/' && s.step == stepStar:
		s.mode, s.step = jsCode, stepNone
	case c == '*':
		s.step = stepStar
	default:
		s.step = stepNone
	}
}

func (s *State) jsRegex(c byte) {
	s.last = c
	switch {
	case c == '\n', c == '\r':
		s.endOperand()
	case s.has(escaped):
		s.clear(escaped)
	case c == '\\':
		s.set(escaped)
		s.last = 'x'
	case s.mode == jsClass:
		if c == ']' {
			s.mode = jsRegex
		}
	case c == '[':
		s.mode = jsClass
	case c == '/':
		s.endOperand()
	}
}

// percent reads JavaScript of a javascript: URL, where bytes may be written as %22.
func (s *State) percent(text string) error {
	for i := range len(text) {
		c := text[i]
		switch at := s.end; {
		case at == 0 && c == '%':
			s.end, s.raw = 1, 0
			continue
		case at > 0 && hexDigit(c):
			s.raw = s.raw<<4 | unhex(c)
			s.end++
			if s.end < 3 {
				continue
			}
			c = s.raw
		case at > 0:
			if c == '%' {
				s.end = 1
				continue
			}
		case c == '\t', c == '\n', c == '\r':
			continue // left out of URLs
		}
		s.end, s.raw = 0, 0
		one := [1]byte{c}
		if err := s.js(string(one[:])); err != nil {
			return err
		}
	}
	return nil
}

func hexDigit(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if digit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
