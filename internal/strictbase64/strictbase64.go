// Package strictbase64 decodes base64 that is spelt as an encoder spells it: without the line breaks that
// encoding/base64 passes over, and without stray bits in the last letter. So one value has one spelling.
package strictbase64

import "encoding/base64"

// An Encoding decodes one alphabet.
type Encoding struct{ strict *base64.Encoding }

// The encodings of encoding/base64 by the same names.
var (
	Std    = Encoding{base64.StdEncoding.Strict()}
	URL    = Encoding{base64.URLEncoding.Strict()}
	RawURL = Encoding{base64.RawURLEncoding.Strict()}
)

// AppendDecode appends to dst what text stands for. If ok is false, what it appended means nothing.
func (e Encoding) AppendDecode(dst, text []byte) (longer []byte, ok bool) {
	start := len(dst)
	dst, err := e.strict.AppendDecode(dst, text)
	return dst, err == nil && e.strict.EncodedLen(len(dst)-start) == len(text)
}

// DecodeString returns what text stands for. If ok is false, b means nothing.
func (e Encoding) DecodeString(text string) (b []byte, ok bool) {
	b, err := e.strict.DecodeString(text)
	return b, err == nil && e.strict.EncodedLen(len(b)) == len(text)
}
