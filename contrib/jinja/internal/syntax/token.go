package syntax

import "strings"

// A kind is what a token is. The operators are kinds of their own.
type kind uint8

const (
	tokenEOF kind = iota
	tokenData
	tokenBlockBegin
	tokenBlockEnd
	tokenVariableBegin
	tokenVariableEnd
	tokenName
	tokenString
	tokenInteger
	tokenFloat
	tokenAdd
	tokenSub
	tokenMul
	tokenDiv
	tokenFloorDiv
	tokenMod
	tokenPow
	tokenTilde
	tokenLeftBracket
	tokenRightBracket
	tokenLeftParen
	tokenRightParen
	tokenLeftBrace
	tokenRightBrace
	tokenEqual
	tokenNotEqual
	tokenGreater
	tokenGreaterEqual
	tokenLess
	tokenLessEqual
	tokenAssign
	tokenDot
	tokenColon
	tokenPipe
	tokenComma
	tokenSemicolon
	kinds
)

// kindNames are what errors call each kind.
var kindNames = [kinds]string{
	tokenEOF: "end of template", tokenData: "template data / text",
	tokenBlockBegin: "begin of statement block", tokenBlockEnd: "end of statement block",
	tokenVariableBegin: "begin of print statement", tokenVariableEnd: "end of print statement",
	tokenName: "name", tokenString: "string", tokenInteger: "integer", tokenFloat: "float",
	tokenAdd: "+", tokenSub: "-", tokenMul: "*", tokenDiv: "/", tokenFloorDiv: "//", tokenMod: "%", tokenPow: "**", tokenTilde: "~",
	tokenLeftBracket: "[", tokenRightBracket: "]", tokenLeftParen: "(", tokenRightParen: ")", tokenLeftBrace: "{", tokenRightBrace: "}",
	tokenEqual: "==", tokenNotEqual: "!=", tokenGreater: ">", tokenGreaterEqual: ">=", tokenLess: "<", tokenLessEqual: "<=",
	tokenAssign: "=", tokenDot: ".", tokenColon: ":", tokenPipe: "|", tokenComma: ",", tokenSemicolon: ";",
}

// String describes a kind as errors name it.
func (k kind) String() string { return kindNames[k] }

// operatorAt returns the longest operator that s begins with, and its length; 0 if there is none.
func operatorAt(s string) (found kind, size int) {
	for k := tokenAdd; k < kinds; k++ {
		if name := kindNames[k]; len(name) > size && strings.HasPrefix(s, name) {
			found, size = k, len(name)
		}
	}
	return found, size
}

// A token is one of the pieces that a source consists of.
type token struct {
	kind   kind
	text   string // of a name; the value of a string and of data
	number any    // of an integer or float
	offset int    // where it begins in the source
	end    int    // where it ends
}

// String describes t as errors name it: a name by itself, else by its kind.
func (t token) String() string {
	if t.kind == tokenName {
		return t.text
	}
	return t.kind.String()
}

// is reports whether t is that name.
func (t token) is(name string) bool { return t.kind == tokenName && t.text == name }

// quoted puts s between single quotes, as Jinja's errors do.
func quoted(s string) string { return "'" + s + "'" }
