package taggedjson

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how many arrays and objects, those of tags included, a document may nest. Flask itself
// fails at a few hundred.
const MaxDepth = 64

// maxDigits is the longest integer that Python reads.
const maxDigits = 4300

// The keys of Flask's own tags.
const (
	tagDict   = " di"
	tagTuple  = " t"
	tagBytes  = " b"
	tagMarkup = " m"
	tagUUID   = " u"
	tagTime   = " d"
)

// Types names the Go types that stand for Flask's. Each must be a type defined by a package.
type Types struct {
	// Tuple is a type whose underlying type is []any, for " t". With nil a tuple is read as []any and
	// so becomes a list when it is written again.
	Tuple reflect.Type
	// UUID is a type whose underlying type is [16]byte, for " u". With nil the type [16]byte itself
	// is read and written as a UUID.
	UUID reflect.Type
	// Markup is a type whose underlying type is string, for " m": text that templates do not escape.
	// With nil it is read as a plain string, the safe choice, and written again as one.
	Markup reflect.Type
	// Python has documents read as Python's json does where it goes beyond JSON: NaN, Infinity and -Infinity are
	// floats, and half of a surrogate pair in a text, which Go's text cannot hold, is read as U+FFFD.
	Python bool
}

// A Tag adds a type to the encoding, as Flask's JSONTag does.
type Tag struct {
	// Key is the one key of the object that holds the value. It must begin with a space and must not end
	// in "__".
	Key string
	// Check reports whether the tag is for v.
	Check func(v any) bool
	// Encode returns what to write for v: a value of any type that [Codec.Append] takes, but not v.
	Encode func(v any) (any, error)
	// Decode gets back what Encode returned, as [Codec.Decode] reads it, and returns the value.
	Decode func(v any) (any, error)
}

// A Codec reads and writes tagged JSON. It cannot be changed and is safe for concurrent use if the
// functions of its own tags are.
type Codec struct {
	types Types
	tags  []Tag // those given to New
	untag map[string]func(v any) (any, error)
}

// New returns a Codec for the given types. Tags are tried before Flask's own, in the order given. A
// type of the wrong shape, a tag without a key or a function, and a key used twice are errors.
func New(t Types, tags ...Tag) (*Codec, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	c := &Codec{types: t, tags: slices.Clone(tags)}
	c.untag = map[string]func(any) (any, error){
		tagDict:   c.untagDict,
		tagTuple:  c.untagTuple,
		tagBytes:  untagBytes,
		tagMarkup: c.untagMarkup,
		tagUUID:   c.untagUUID,
		tagTime:   untagTime,
	}
	for _, tag := range tags {
		if err := c.register(tag); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Codec) register(tag Tag) error {
	switch {
	case tag.Key == "" || !utf8.ValidString(tag.Key):
		return fmt.Errorf("tag %q needs a key that is text", tag.Key)
	case tag.Key[0] != ' ':
		return fmt.Errorf("tag %q must begin with a space, as in %q", tag.Key, " "+tag.Key)
	case strings.HasSuffix(tag.Key, "__"):
		return fmt.Errorf(`tag %q must not end in "__", which marks an escaped key`, tag.Key)
	case tag.Check == nil || tag.Encode == nil || tag.Decode == nil:
		return fmt.Errorf("tag %q needs Check, Encode and Decode", tag.Key)
	case c.isTag(tag.Key):
		return fmt.Errorf("tag %q is already registered", tag.Key)
	}
	c.untag[tag.Key] = func(v any) (any, error) {
		v, err := tag.Decode(v)
		if err != nil {
			return nil, &Error{Reason: fmt.Sprintf("the Decode of tag %q refused its content", tag.Key), Cause: err}
		}
		return v, nil
	}
	return nil
}

func (c *Codec) isTag(key string) bool {
	_, ok := c.untag[key]
	return ok
}

// Trusts reports whether v, which was decoded, may become a t: nothing but markup becomes markup.
func (c *Codec) Trusts(v any, t reflect.Type) bool {
	return t != c.types.Markup || t == nil || v == nil || reflect.TypeOf(v) == t
}

func (t Types) check() error {
	defined := func(t reflect.Type) bool { return t.PkgPath() != "" }
	switch {
	case t.Tuple != nil && !(defined(t.Tuple) && t.Tuple.ConvertibleTo(reflect.TypeFor[[]any]())):
		return errors.New("the tuple type must be one defined as []any")
	case t.UUID != nil && !(defined(t.UUID) && isByteArray16(t.UUID)):
		return errors.New("the UUID type must be one defined as [16]byte")
	case t.Markup != nil && !(defined(t.Markup) && t.Markup.Kind() == reflect.String):
		return errors.New("the markup type must be one defined as string")
	}
	return nil
}

func isByteArray16(t reflect.Type) bool {
	return t.Kind() == reflect.Array && t.Len() == 16 && t.Elem() == reflect.TypeFor[byte]()
}
