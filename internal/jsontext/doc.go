// Package jsontext looks over JSON that came from outside before it is decoded, in time that grows with its length
// alone, and decodes it without rounding integers. It encodes plain data as encoding/json does, but faster.
package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"unicode/utf8"
)

// MaxDepth is how deep the values of a text may be nested.
const MaxDepth = 512

// What is wrong with a text, where it is not an error of [encoding/json].
var (
	ErrNotUTF8  = errors.New("the text is not UTF-8")
	ErrTooDeep  = errors.New("the values are nested deeper than 512 levels")
	ErrTrailing = errors.New("something follows the JSON value")
)

// TrimBOM takes a byte order mark off the beginning of a text in UTF-8, which some editors put there.
func TrimBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }

// A Doc is one JSON value that was looked over.
type Doc struct {
	text  []byte
	spans []span
	twice []int
	room  [4]span // what most texts need of spans
}

// A span is where an object or list is. They are kept in the order of their beginnings.
type span struct {
	end  int // behind it
	next int // the first span behind it
}

// Scan looks over a text that must be one JSON value, in UTF-8 with or without a byte order mark. The Doc refers to
// text, which must not be changed.
func Scan(text []byte) (*Doc, error) {
	text = TrimBOM(text)
	if !utf8.Valid(text) {
		return nil, ErrNotUTF8
	}
	doc := &Doc{text: text}
	doc.spans = doc.room[:0]
	s := scanners.Get().(*scanner)
	defer s.free()
	s.Doc = doc
	switch err := s.scan(); {
	case err == nil:
		return doc, nil
	case err == ErrTooDeep && json.Valid(text):
		return nil, err
	}
	return nil, syntaxError(text)
}

// syntaxError says where a text is no JSON.
func syntaxError(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var value json.RawMessage
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != nil && err != io.EOF {
		return err
	}
	return ErrTrailing
}

// Root returns the value that the text is.
func (d *Doc) Root() Value {
	text := bytes.TrimSpace(d.text)
	start := bytes.Index(d.text, text)
	return Value{d, start, start + len(text), 0}
}

// Twice returns where the first name is that its object has already, or -1. Programs differ in which of the two
// they believe.
func (d *Doc) Twice() int {
	if len(d.twice) == 0 {
		return -1
	}
	return d.twice[0]
}

// A Value is one of the values of a Doc.
type Value struct {
	doc        *Doc
	start, end int
	next       int // the first span that begins in it or behind it
}

// Raw returns the JSON of the value.
func (v Value) Raw() []byte { return v.doc.text[v.start:v.end] }

// IsObject reports whether the value is an object.
func (v Value) IsObject() bool { return v.doc.text[v.start] == '{' }

// IsList reports whether the value is a list.
func (v Value) IsList() bool { return v.doc.text[v.start] == '[' }

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.doc.text[v.start] == 'n' }

// Twice reports whether an object in the value, or the value itself, has a name twice.
func (v Value) Twice() bool {
	i, _ := slices.BinarySearch(v.doc.twice, v.start)
	return i < len(v.doc.twice) && v.doc.twice[i] < v.end
}

// IsZero reports whether v is no value at all.
func (v Value) IsZero() bool { return v.doc == nil }

// Members goes over the names and values of an object in their order, all of them also where a name is there twice. A name must not
// be changed.
func (v Value) Members() iter.Seq2[[]byte, Value] {
	return func(yield func([]byte, Value) bool) {
		next := v.next + 1
		for at := v.doc.skip(v.start + 1); v.doc.text[at] != '}'; at = v.doc.skip(at) {
			end := stringEnd(v.doc.text, at)
			member := v.doc.valueAt(v.doc.skip(end), next)
			if !yield(unquote(v.doc.text[at:end]), member) {
				return
			}
			at, next = member.end, member.after()
		}
	}
}

// Items goes over the values of a list.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		next := v.next + 1
		for at := v.doc.skip(v.start + 1); v.doc.text[at] != ']'; at = v.doc.skip(at) {
			item := v.doc.valueAt(at, next)
			if !yield(item) {
				return
			}
			at, next = item.end, item.after()
		}
	}
}

// skip returns where the next name or value begins, or its container ends.
func (d *Doc) skip(at int) int {
	for isBetween(d.text[at]) {
		at++
	}
	return at
}

func isBetween(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':'
}

// valueAt returns the value that begins at a place; next is the first span from there on.
func (d *Doc) valueAt(at, next int) Value {
	end := at + 1
	switch c := d.text[at]; {
	case c == '{' || c == '[':
		end = d.spans[next].end
	case c == '"':
		end = stringEnd(d.text, at)
	default:
		for c := d.text[end]; !isBetween(c) && c != '}' && c != ']'; c = d.text[end] {
			end++
		}
	}
	return Value{d, at, end, next}
}

// after returns the first span behind the value.
func (v Value) after() int {
	if v.IsObject() || v.IsList() {
		return v.doc.spans[v.next].next
	}
	return v.next
}

// stringEnd returns where the string that begins at a place ends.
func stringEnd(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}
