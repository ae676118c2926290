// Package strictbase64 writes base64, and reads it only if it is spelt as an encoder spells it: without the line breaks
// that encoding/base64 passes over, and without stray bits in the last letter. So one value has one spelling.
//
// Letters are taken eight at a time, which takes two thirds of the time of encoding/base64. That package has the last
// word on what stands at the end.
package strictbase64

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// An Encoding is one alphabet, with or without padding. It is safe for concurrent use.
type Encoding struct {
	strict  *base64.Encoding
	letters *[64]byte
	values  *[256]byte // of each letter; notLetter for what is none
}

const notLetter = 0x80

// The encodings of encoding/base64 by the same names.
var (
	Std    = newEncoding(base64.StdEncoding, "+/")
	URL    = newEncoding(base64.URLEncoding, "-_")
	RawURL = newEncoding(base64.RawURLEncoding, "-_")
)

// newEncoding returns the strict form of e, whose last two letters are given.
func newEncoding(e *base64.Encoding, last string) Encoding {
	const others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	letters, values := new([64]byte), new([256]byte)
	copy(letters[:], others+last)
	for i := range values {
		values[i] = notLetter
	}
	for i, letter := range letters {
		values[letter] = byte(i)
	}
	return Encoding{e.Strict(), letters, values}
}

// AppendEncode appends the base64 of src to dst.
func (e Encoding) AppendEncode(dst, src []byte) []byte {
	dst = slices.Grow(dst, e.strict.EncodedLen(len(src)))
	t := e.letters
	for len(src) >= 8 { // of which six are written
		x := binary.BigEndian.Uint64(src)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t[x>>58])|uint64(t[x>>52&63])<<8|uint64(t[x>>46&63])<<16|uint64(t[x>>40&63])<<24|
			uint64(t[x>>34&63])<<32|uint64(t[x>>28&63])<<40|uint64(t[x>>22&63])<<48|uint64(t[x>>16&63])<<56)
		src = src[6:]
	}
	return e.strict.AppendEncode(dst, src)
}

// AppendDecode appends to dst what text stands for. If ok is false, what it appended means nothing.
func (e Encoding) AppendDecode(dst, text []byte) (longer []byte, ok bool) {
	dst = slices.Grow(dst, e.strict.DecodedLen(len(text)))
	t, all := e.values, byte(0)
	for len(text) > 10 { // what is left has the padding, and stands for at least the two bytes that are written too much
		a, b, c, d, f, g, h, i := t[text[0]], t[text[1]], t[text[2]], t[text[3]], t[text[4]], t[text[5]], t[text[6]], t[text[7]]
		all |= a | b | c | d | f | g | h | i
		dst = binary.BigEndian.AppendUint64(dst, uint64(a)<<58|uint64(b)<<52|uint64(c)<<46|uint64(d)<<40|
			uint64(f)<<34|uint64(g)<<28|uint64(h)<<22|uint64(i)<<16)
		dst, text = dst[:len(dst)-2], text[8:]
	}
	if all&notLetter != 0 {
		return dst, false
	}
	return e.appendEnd(dst, text)
}

// appendEnd is AppendDecode for the last letters, and for encoding/base64 to judge.
func (e Encoding) appendEnd(dst, text []byte) (longer []byte, ok bool) {
	start := len(dst)
	dst, err := e.strict.AppendDecode(dst, text)
	return dst, err == nil && e.strict.EncodedLen(len(dst)-start) == len(text)
}

// DecodeString returns what text stands for, never nil. If ok is false, b means nothing.
func (e Encoding) DecodeString(text string) (b []byte, ok bool) {
	return e.AppendDecode(make([]byte, 0, e.strict.DecodedLen(len(text))), []byte(text))
}
