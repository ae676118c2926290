package redisstore

import (
	"encoding/binary"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// The hash of a session has its values under their own keys. Beside them are, in names that begin with NUL,
//
//	\0m  when it was created, when seen, how long it may idle, until when it lasts, its secret's hash
//	\0p  when it was renewed, the hash of the secret before that; not before the first Renew
//	\0o  the owner's mark, the owner; not before it has one
//	\0v  with a key: the value of a key that begins with NUL itself
//
// Times are milliseconds in eight bytes, most significant first. No part is longer than 64 bytes, which a small hash in Redis
// allows.
const (
	metaField     = "\x00m"
	previousField = "\x00p"
	ownerField    = "\x00o"
	strangeField  = "\x00v"

	metaFields = 3
	metaLen    = 4*8 + 32
)

var errMeta = fmt.Errorf("redisstore: %w: the key in Redis holds no session, or one of a later version", sessionstore.ErrUnreadable)

// fieldOf returns the name of the field that has a value.
func fieldOf(key string) string {
	if key == "" || key[0] != 0 {
		return key
	}
	return strangeField + key
}

// decode returns the record in the fields of a hash, which become its values.
func decode(fields map[string]string) (sessionstore.Record, error) {
	meta := fields[metaField]
	if len(meta) != metaLen {
		return sessionstore.Record{}, errMeta
	}
	r := sessionstore.Record{Values: fields}
	r.Created, r.Seen, r.Idle, r.Until = timeAt(meta), timeAt(meta[8:]), durationAt(meta[16:]), timeAt(meta[24:])
	copy(r.Secret[:], meta[32:])
	delete(fields, metaField)
	var strange map[string]string
	for field, text := range fields {
		switch {
		case field == "" || field[0] != 0:
			continue
		case field == previousField && len(text) == 8+len(r.Previous):
			r.Renewed = timeAt(text)
			copy(r.Previous[:], text[8:])
		case field == ownerField && len(text) >= 8:
			r.Mark, r.Owner = intAt(text), text[8:]
		case strings.HasPrefix(field, strangeField+"\x00"):
			if strange == nil {
				strange = map[string]string{}
			}
			strange[field[len(strangeField):]] = text
		default:
			return sessionstore.Record{}, errMeta
		}
		delete(fields, field)
	}
	maps.Copy(fields, strange)
	return r, nil
}

// appendRecord appends the fields and values of a record.
func appendRecord(args []any, r sessionstore.Record) []any {
	meta := make([]byte, 0, metaLen)
	meta = appendTime(appendTime(meta, r.Created), r.Seen)
	meta = append(appendLifetime(meta, r.Idle, r.Until), r.Secret[:]...)
	args = append(args, metaField, meta)
	if r.Previous != (sessionstore.Hash{}) || !r.Renewed.IsZero() {
		args = append(args, previousField, append(appendTime(nil, r.Renewed), r.Previous[:]...))
	}
	if r.Owner != "" || r.Mark != 0 {
		args = append(args, ownerField, append(appendInt(nil, r.Mark), r.Owner...))
	}
	for key, value := range r.Values {
		args = append(args, fieldOf(key), value)
	}
	return args
}

// appendDelta appends what update.lua is to do: the order, fields and values to set, fields to delete, fields and values to
// expect. The order is
//
//	the moment; how many are to be set, deleted, expected; a byte for each of the four parts that may be in it;
//	from and to of a Renew; idle and until of a Lifetime; mark and owner of an Ownership
func appendDelta(args []any, d sessionstore.Delta) []any {
	order := make([]byte, 0, 24+64+16+8)
	order = appendTime(order, d.At)
	for _, n := range [...]int{len(d.Set), len(d.Delete), len(d.Expect)} {
		order = binary.BigEndian.AppendUint32(order, uint32(n))
	}
	order = append(order, bit(d.Clear), bit(d.Renew != nil), bit(d.Lifetime != nil), bit(d.Owner != nil))
	if d.Renew != nil {
		order = append(append(order, d.Renew.From[:]...), d.Renew.To[:]...)
	}
	if d.Lifetime != nil {
		order = appendLifetime(order, d.Lifetime.Idle, d.Lifetime.Until)
	}
	if d.Owner != nil {
		order = append(appendInt(order, d.Owner.Mark), d.Owner.Owner...)
	}
	args = append(args, order)
	for key, value := range d.Set {
		args = append(args, fieldOf(key), value)
	}
	for _, key := range d.Delete {
		args = append(args, fieldOf(key))
	}
	for key, value := range d.Expect {
		args = append(args, fieldOf(key), value)
	}
	return args
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendInt(b []byte, n int64) []byte      { return binary.BigEndian.AppendUint64(b, uint64(n)) }
func appendTime(b []byte, t time.Time) []byte { return appendInt(b, t.UnixMilli()) }

func appendLifetime(b []byte, idle time.Duration, until time.Time) []byte {
	return appendTime(appendInt(b, idle.Milliseconds()), until)
}

// intAt returns the number at the beginning of text, which has eight bytes at least.
func intAt(text string) int64 {
	var n uint64
	for i := range 8 {
		n = n<<8 | uint64(text[i])
	}
	return int64(n)
}

func timeAt(text string) time.Time { return time.UnixMilli(intAt(text)).UTC() }

func durationAt(text string) time.Duration { return time.Duration(intAt(text)) * time.Millisecond }
