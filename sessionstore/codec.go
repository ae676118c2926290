package sessionstore

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"
)

// recordVersion is the first byte of a marshaled record.
const recordVersion = 1

// Bits of the second byte: what a record has.
const (
	hasPrevious = 1 << iota
	hasUntil
	hasOwner
)

var errRecord = fmt.Errorf("%w: its data is no record, or one of a later version", ErrUnreadable)

// MarshalBinary returns the record as one piece, for stores that know no fields. Equal records give the same bytes.
func (r Record) MarshalBinary() ([]byte, error) {
	return r.AppendBinary(make([]byte, 0, r.Size()+8*len(r.Values)+2*len(r.Secret)+32))
}

// AppendBinary appends what MarshalBinary returns to b.
func (r Record) AppendBinary(b []byte) ([]byte, error) {
	var room [fewMembers]member
	return r.appendTo(b, membersOf(r.Values, room[:0])), nil
}

// appendTo does so with the values that are given, sorted by key.
func (r Record) appendTo(b []byte, members []member) []byte {
	b = append(b, recordVersion, r.has())
	b = append(b, r.Secret[:]...)
	b = appendTime(appendTime(b, r.Created), r.Seen)
	b = binary.AppendUvarint(b, uint64(r.Idle/time.Millisecond))
	if r.has()&hasPrevious != 0 {
		b = appendTime(append(b, r.Previous[:]...), r.Renewed)
	}
	if r.has()&hasUntil != 0 {
		b = appendTime(b, r.Until)
	}
	if r.has()&hasOwner != 0 {
		b = binary.AppendVarint(appendText(b, r.Owner), r.Mark)
	}
	b = binary.AppendUvarint(b, uint64(len(members)))
	for _, m := range members {
		b = appendText(appendText(b, m.key), m.raw)
	}
	return b
}

func (r Record) has() (bits byte) {
	if r.Previous != (Hash{}) {
		bits |= hasPrevious
	}
	if !r.Until.IsZero() {
		bits |= hasUntil
	}
	if r.Owner != "" || r.Mark != 0 {
		bits |= hasOwner
	}
	return bits
}

func appendTime(b []byte, t time.Time) []byte { return binary.AppendVarint(b, t.UnixMilli()) }

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// UnmarshalBinary makes r the record that MarshalBinary wrote. Other data is ErrUnreadable and changes nothing.
func (r *Record) UnmarshalBinary(data []byte) error {
	got, err := ParseRecord(string(data))
	if err == nil {
		*r = got
	}
	return err
}

// ParseRecord returns the record that MarshalBinary wrote, or ErrUnreadable. Its texts are parts of data.
func ParseRecord(data string) (Record, error) {
	var room [fewMembers]member
	r, members, err := parse(data, room[:0])
	if err == nil {
		r.Values = valuesOf(members)
	}
	return r, err
}

// parse does so with the values apart, which it appends to some.
func parse(data string, some []member) (r Record, members []member, err error) {
	p := parser{data: data}
	version, bits := p.byte(), p.byte()
	if version != recordVersion {
		return Record{}, nil, errRecord
	}
	copy(r.Secret[:], p.take(len(r.Secret)))
	r.Created, r.Seen = p.time(), p.time()
	r.Idle = p.duration()
	if bits&hasPrevious != 0 {
		copy(r.Previous[:], p.take(len(r.Previous)))
		r.Renewed = p.time()
	}
	if bits&hasUntil != 0 {
		r.Until = p.time()
	}
	if bits&hasOwner != 0 {
		r.Owner, r.Mark = p.text(), p.int()
	}
	members = p.members(some)
	if p.bad || p.data != "" {
		return Record{}, nil, errRecord
	}
	return r, members, nil
}

// A parser takes data apart from its beginning. Once it is bad it returns zero values.
type parser struct {
	data string
	bad  bool
}

func (p *parser) take(n int) string {
	if n < 0 || n > len(p.data) {
		p.bad, p.data = true, ""
		return ""
	}
	taken := p.data[:n]
	p.data = p.data[n:]
	return taken
}

func (p *parser) byte() byte {
	if b := p.take(1); b != "" {
		return b[0]
	}
	return 0
}

func (p *parser) uint() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b := p.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	p.bad = true
	return 0
}

func (p *parser) int() int64 {
	n := p.uint()
	return int64(n>>1) ^ -int64(n&1)
}

func (p *parser) time() time.Time { return time.UnixMilli(p.int()).UTC() }

func (p *parser) duration() time.Duration {
	n := p.uint()
	if n > uint64(math.MaxInt64/time.Millisecond) {
		p.bad = true
		return 0
	}
	return time.Duration(n) * time.Millisecond
}

func (p *parser) text() string {
	n := p.uint()
	if n > uint64(len(p.data)) {
		p.bad = true
		return ""
	}
	return p.take(int(n))
}

func (p *parser) members(some []member) []member {
	n := p.uint()
	if n > uint64(len(p.data)) { // each takes two bytes at least
		p.bad = true
		return nil
	}
	some = slices.Grow(some, int(n))
	for range n {
		key := p.text()
		some = append(some, member{key, p.text()})
	}
	return some
}
