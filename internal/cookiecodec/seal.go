package cookiecodec

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// A Seal is what the cookie of a session says beside the values.
type Seal struct {
	// Created is when the session began, in seconds since 1970; 0 when that is not kept.
	Created int64
	// Epoch is that of the session's user.
	Epoch int64
}

// The payload of a session's cookie is its JSON, which begins with a brace, or a byte of flags, what the flags
// announce, and the JSON.
const (
	flagCreated  = 1 << iota // a varint: Seal.Created
	flagEpoch                // a varint: Seal.Epoch
	flagDeflated             // a varint: the size of the JSON, which is compressed
	flagUTF8                 // nothing: the JSON has text as it is and not in escapes
	flagsEnd
)

const (
	deflateFrom = 1 << 10   // the JSON of most sessions is shorter, and compressing it would cost more than it saves
	maxInflated = 256 << 10 // as in Flask's format
)

var errPayload = errors.New("the payload of the cookie is malformed")

// escape begins the escapes of what is not ASCII.
var escape = []byte(`\u`)

// Pack returns the payload for a session's JSON. It is compressed if that helps, but not when it is to be encrypted:
// its length would tell about its content.
func (c *Codec) Pack(seal Seal, json []byte) []byte {
	size, flags := 0, byte(0)
	if bytes.Contains(json, escape) {
		if short := taggedjson.Unescape(json); len(short)+1 < len(json) {
			json, flags = short, flagUTF8
		}
	}
	if !c.keys[0].encrypted && len(json) > deflateFrom && len(json) <= maxInflated {
		if small := c.Deflate(json); len(small)+4 < len(json) {
			size, json = len(json), small
		}
	}
	if seal == (Seal{}) && size == 0 && flags == 0 {
		return json
	}
	payload := append(make([]byte, 0, 1+3*binary.MaxVarintLen64+len(json)), flags)
	for i, n := range [...]int64{seal.Created, seal.Epoch, int64(size)} {
		if n != 0 {
			payload[0] |= 1 << i
			payload = binary.AppendVarint(payload, n)
		}
	}
	return append(payload, json...)
}

// Unpack takes apart what Pack made. Anything else is an error.
func (c *Codec) Unpack(payload string) (seal Seal, json string, err error) {
	if len(payload) == 0 || payload[0] == '{' {
		return seal, payload, nil
	}
	flags, rest := payload[0], payload[1:]
	var fields [3]int64
	for i := range fields {
		if flags&(1<<i) == 0 {
			continue
		}
		n, length := binary.Varint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		if length <= 0 {
			return seal, "", errPayload
		}
		fields[i], rest = n, rest[length:]
	}
	seal = Seal{Created: fields[0], Epoch: fields[1]}
	switch size := fields[2]; {
	case flags >= flagsEnd || seal.Created < 0 || size < 0 || size > maxInflated:
		return seal, "", errPayload
	case flags&flagDeflated != 0:
		rest, err = c.Inflate(rest, int(size))
	}
	if flags&flagUTF8 != 0 {
		rest = taggedjson.Escape(rest)
	}
	return seal, rest, err
}
