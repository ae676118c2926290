package translate

// kind is the kind of a token.
type kind uint8

const (
	end kind = iota
	newline
	indent
	dedent
	name
	keyword
	operator
	number
	text        // a str literal
	octets      // a bytes literal
	formatted   // an f-string
	unavailable // a literal that is not offered; its word says why
)

// token is a word of the source. The words inside an f-string are tokens of its parts.
type token struct {
	kind  kind
	word  string // name, keyword or operator
	value any    // string, int64, *big.Int, float64 or []piece
	line  int32
	col   int32
}

// piece is a part of an f-string: plain text, or an expression with its conversion and format.
type piece struct {
	plain      string
	expression []token // nil for plain text
	conversion string  // "", "r", "s" or "a"
	format     []piece
}

// describe names a token in an error. It shows operators and keywords; names, numbers and text may be secret.
func (t token) describe() string {
	switch t.kind {
	case keyword, operator:
		return "\"" + t.word + "\""
	case name:
		return "a name"
	case number:
		return "a number"
	case text, octets, formatted, unavailable:
		return "text in quotes"
	case indent:
		return "an indented line"
	default:
		return "the end of the line"
	}
}

// isKeyword reports whether Python reserves a word.
func isKeyword(word string) bool {
	switch word {
	case "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
		"def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
		"is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield":
		return true
	}
	return false
}
