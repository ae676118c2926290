package dewar

import (
	"fmt"
	"reflect"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// A SessionTag teaches the sessions of a [SecureCookieSessionInterface] to keep values of one more type, as a
// JSONTag does in Flask. The functions must be safe for concurrent use, and must not touch the session.
type SessionTag struct {
	// Key marks such values in the cookie. It begins with a space and must not end in "__"; Flask's own are
	// " di", " t", " b", " m", " u" and " d".
	Key string
	// Check reports whether the tag is for v.
	Check func(v any) bool
	// Encode returns what to keep for v: anything that a session can keep, but not v itself.
	Encode func(v any) (any, error)
	// Decode gets back what Encode returned, as [Values.Get] would return it, and returns the value.
	Decode func(v any) (any, error)
}

// sessionCodec encodes the values of sessions without tags of their own.
var sessionCodec = mustCodec()

func mustCodec() *taggedjson.Codec {
	codec, err := newSessionCodec(nil)
	if err != nil {
		panic(err)
	}
	return codec
}

// newSessionCodec returns a codec with tags, which are tried in their order and before Flask's own.
func newSessionCodec(tags []SessionTag) (*taggedjson.Codec, error) {
	own := make([]taggedjson.Tag, len(tags))
	for i, tag := range tags {
		own[i] = taggedjson.Tag(tag)
	}
	codec, err := taggedjson.New(taggedjson.Types{Tuple: reflect.TypeFor[Tuple](), UUID: reflect.TypeFor[UUID]()}, own...)
	if err != nil {
		return nil, fmt.Errorf("session %w", err)
	}
	return codec, nil
}

// codec returns what encodes the values of s.
func (s *Session) codec() *taggedjson.Codec {
	if s.custom != nil {
		return s.custom
	}
	return sessionCodec
}
