// Package strictbase64 writes base64, and reads it only if it is spelt as an encoder spells it: without the line breaks
// that encoding/base64 passes over, and without stray bits in the last letter. So one value has one spelling.
//
// Letters are taken eight at a time, which takes half of the time of encoding/base64.
package strictbase64

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// An Encoding is one alphabet, with or without padding. It is safe for concurrent use.
type Encoding struct {
	std     *base64.Encoding
	padded  bool
	letters *[64]byte
	values  *[256]byte // of each letter; notLetter for what is none
}

const notLetter = 0x80

// The encodings of encoding/base64 by the same names.
var (
	Std    = newEncoding(base64.StdEncoding, true, "+/")
	URL    = newEncoding(base64.URLEncoding, true, "-_")
	RawURL = newEncoding(base64.RawURLEncoding, false, "-_")
)

// newEncoding returns the strict form of an encoding, whose last two letters are given.
func newEncoding(std *base64.Encoding, padded bool, last string) Encoding {
	const others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	letters, values := new([64]byte), new([256]byte)
	copy(letters[:], others+last)
	for i := range values {
		values[i] = notLetter
	}
	for i, letter := range letters {
		values[letter] = byte(i)
	}
	return Encoding{std, padded, letters, values}
}

// AppendEncode appends the base64 of src to dst.
func (e Encoding) AppendEncode(dst, src []byte) []byte {
	dst = slices.Grow(dst, e.std.EncodedLen(len(src)))
	t := e.letters
	for len(src) >= 8 { // of which six are written
		x := binary.BigEndian.Uint64(src)
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t[x>>58])|uint64(t[x>>52&63])<<8|uint64(t[x>>46&63])<<16|uint64(t[x>>40&63])<<24|
			uint64(t[x>>34&63])<<32|uint64(t[x>>28&63])<<40|uint64(t[x>>22&63])<<48|uint64(t[x>>16&63])<<56)
		src = src[6:]
	}
	return e.std.AppendEncode(dst, src)
}

// AppendDecode appends to dst what text stands for. If ok is false, what it appended means nothing.
func (e Encoding) AppendDecode(dst, text []byte) (longer []byte, ok bool) {
	dst = slices.Grow(dst, e.std.DecodedLen(len(text)))
	t, all := e.values, byte(0)
	for len(text) > 10 { // what is left has the padding, and stands for at least the two bytes that are written too much
		a, b, c, d, f, g, h, i := t[text[0]], t[text[1]], t[text[2]], t[text[3]], t[text[4]], t[text[5]], t[text[6]], t[text[7]]
		all |= a | b | c | d | f | g | h | i
		dst = binary.BigEndian.AppendUint64(dst, uint64(a)<<58|uint64(b)<<52|uint64(c)<<46|uint64(d)<<40|
			uint64(f)<<34|uint64(g)<<28|uint64(h)<<22|uint64(i)<<16)
		dst, text = dst[:len(dst)-2], text[8:]
	}
	for len(text) > 4 {
		a, b, c, d := t[text[0]], t[text[1]], t[text[2]], t[text[3]]
		all |= a | b | c | d
		dst, text = append(dst, a<<2|b>>4, b<<4|c>>2, c<<6|d), text[4:]
	}
	if all&notLetter != 0 {
		return dst, false
	}
	return e.appendEnd(dst, text)
}

// appendEnd is AppendDecode for the last four letters or less.
func (e Encoding) appendEnd(dst, text []byte) (longer []byte, ok bool) {
	if e.padded && len(text) > 0 {
		if len(text) < 4 {
			return dst, false
		}
		for range 2 {
			if text[len(text)-1] == '=' {
				text = text[:len(text)-1]
			}
		}
	}
	var v [4]byte
	for i, letter := range text {
		v[i] = e.values[letter]
	}
	if (v[0]|v[1]|v[2]|v[3])&notLetter != 0 {
		return dst, false
	}
	switch len(text) {
	case 0:
		return dst, true
	case 2:
		return append(dst, v[0]<<2|v[1]>>4), v[1]<<4 == 0
	case 3:
		return append(dst, v[0]<<2|v[1]>>4, v[1]<<4|v[2]>>2), v[2]<<6 == 0
	case 4:
		return append(dst, v[0]<<2|v[1]>>4, v[1]<<4|v[2]>>2, v[2]<<6|v[3]), true
	}
	return dst, false
}

// DecodeString returns what text stands for, never nil. If ok is false, b means nothing.
func (e Encoding) DecodeString(text string) (b []byte, ok bool) {
	return e.AppendDecode(make([]byte, 0, e.std.DecodedLen(len(text))), []byte(text))
}
