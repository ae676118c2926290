package dewar

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

// A seal is what the cookie of a session says beside the values.
type seal struct {
	created int64 // in seconds since 1970; 0 when SESSION_ABSOLUTE_LIFETIME is not set
	epoch   int64 // of SecureCookieSessionInterface.Epoch
}

// The payload of a cookie is the session's JSON, which begins with a brace, or a byte of flags, what the flags
// announce, and the JSON.
const (
	flagCreated  = 1 << iota // a varint: seal.created
	flagEpoch                // a varint: seal.epoch
	flagDeflated             // a varint: the size of the JSON, which is compressed
	flagUTF8                 // nothing: the JSON has text as it is and not in escapes
	flagsEnd
)

const (
	deflateFrom = 1 << 10 // the JSON of most sessions is shorter, and compressing it would cost more than it saves
	maxInflated = 16 << 10
)

var errPayload = errors.New("the payload of the cookie is malformed")

// pack returns the payload for json. It is compressed if that helps, but not when it is to be encrypted: its
// length would tell about its content.
func (s *settings) pack(codec *cookiecodec.Codec, k seal, json []byte) []byte {
	size, flags := 0, byte(0)
	if bytes.Contains(json, escape) {
		if short := taggedjson.Unescape(json); len(short)+1 < len(json) {
			json, flags = short, flagUTF8
		}
	}
	if !s.encrypt && len(json) > deflateFrom && len(json) <= maxInflated {
		if small := codec.Deflate(json); len(small)+4 < len(json) {
			size, json = len(json), small
		}
	}
	if k == (seal{}) && size == 0 && flags == 0 {
		return json
	}
	payload := append(make([]byte, 0, 1+3*binary.MaxVarintLen64+len(json)), flags)
	for i, n := range [...]int64{k.created, k.epoch, int64(size)} {
		if n != 0 {
			payload[0] |= 1 << i
			payload = binary.AppendVarint(payload, n)
		}
	}
	return append(payload, json...)
}

// escape begins the escapes of what is not ASCII.
var escape = []byte(`\u`)

// unpack takes the payload of a cookie apart.
func unpack(codec *cookiecodec.Codec, payload string) (k seal, json string, err error) {
	if len(payload) == 0 || payload[0] == '{' {
		return k, payload, nil
	}
	flags, rest := payload[0], payload[1:]
	var fields [3]int64
	for i := range fields {
		if flags&(1<<i) == 0 {
			continue
		}
		n, length := binary.Varint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		if length <= 0 {
			return k, "", errPayload
		}
		fields[i], rest = n, rest[length:]
	}
	k = seal{created: fields[0], epoch: fields[1]}
	switch size := fields[2]; {
	case flags >= flagsEnd || k.created < 0 || size < 0 || size > maxInflated:
		return k, "", errPayload
	case flags&flagDeflated != 0:
		rest, err = codec.Inflate(rest, int(size))
	}
	if flags&flagUTF8 != 0 {
		rest = taggedjson.Escape(rest)
	}
	return k, rest, err
}

// outlived reports whether the absolute lifetime of a session is over.
func (s *settings) outlived(k seal) bool {
	return s.absolute > 0 && k.created != 0 && time.Now().After(time.Unix(k.created, 0).Add(s.absolute))
}

// end returns when a session that was last saved at the given second ends, in seconds since 1970.
func (s *settings) end(saved int64, k seal) int64 {
	end := saved + int64(s.lifetime/time.Second)
	if s.absolute > 0 && k.created != 0 {
		return min(end, k.created+int64(s.absolute/time.Second))
	}
	return end
}
