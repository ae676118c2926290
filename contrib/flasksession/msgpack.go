package flasksession

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tinylib/msgp/msgp"
)

// maxDepth is how deep lists and mappings may lie in each other for a session to keep them.
const maxDepth = 64

var (
	errDeep = fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	errText = errors.New("it has text that is not UTF-8")
	errType = errors.New("it has a type that a session cannot keep")
)

// splitMsgpack returns the members of a MessagePack mapping, and false for what is none. A member that a session cannot
// keep has an err.
func splitMsgpack(data []byte) ([]member, bool) {
	n, rest, err := msgp.ReadMapHeaderBytes(data)
	if err != nil || int64(n) > int64(len(rest)) {
		return nil, false
	}
	members := make([]member, 0, n)
	for range n {
		afterKey, err := msgp.Skip(rest)
		if err != nil {
			return nil, false
		}
		afterValue, err := msgp.Skip(afterKey)
		if err != nil {
			return nil, false
		}
		m := member{rawKey: rest[:len(rest)-len(afterKey)], value: value{raw: afterKey[:len(afterKey)-len(afterValue)]}}
		m.key, m.err = msgpackText(m.rawKey)
		if m.err == nil {
			m.value, m.err = parseMsgpack(m.value.raw)
		}
		members, rest = append(members, m), afterValue
	}
	return members, len(rest) == 0
}

// parseMsgpack returns the one value in raw.
func parseMsgpack(raw []byte) (value, error) {
	v, _, err := readMsgpack(raw, 0)
	v.raw = raw
	return v, err
}

// readMsgpack returns the first value in data, which is inside depth others, and what comes after it.
func readMsgpack(data []byte, depth int) (v value, rest []byte, err error) {
	switch msgp.NextType(data) {
	case msgp.NilType:
		rest, err = msgp.ReadNilBytes(data)
	case msgp.BoolType:
		v.plain, rest, err = msgp.ReadBoolBytes(data)
	case msgp.IntType:
		v.plain, rest, err = msgp.ReadInt64Bytes(data)
	case msgp.UintType:
		v.plain, rest, err = readUint(data)
	case msgp.Float32Type, msgp.Float64Type:
		v.plain, rest, err = msgp.ReadFloat64Bytes(data)
	case msgp.StrType:
		v.plain, rest, err = readText(data)
	case msgp.BinType:
		v.plain, rest, err = msgp.ReadBytesBytes(data, []byte{})
	case msgp.TimeType, msgp.ExtensionType: // msgp takes a time at the end of data for the latter
		v.plain, rest, err = readTime(data)
	case msgp.ArrayType:
		v.list, rest, err = readList(data, depth)
	case msgp.MapType:
		v.dict, rest, err = readDict(data, depth)
	default:
		return v, nil, errType
	}
	if err != nil {
		return v, nil, err
	}
	v.raw = data[:len(data)-len(rest)]
	return v, rest, nil
}

// readUint gives what a session does: a json.Number where an int64 ends.
func readUint(data []byte) (any, []byte, error) {
	u, rest, err := msgp.ReadUint64Bytes(data)
	if i := int64(u); i >= 0 {
		return i, rest, err
	}
	return json.Number(strconv.FormatUint(u, 10)), rest, err
}

func readText(data []byte) (string, []byte, error) {
	s, rest, err := msgp.ReadStringBytes(data)
	if err == nil && !utf8.ValidString(s) {
		err = errText
	}
	return s, rest, err
}

// readTime takes the timestamps of the MessagePack specification, in their three lengths. Other extensions are no times.
func readTime(data []byte) (any, []byte, error) {
	rest, err := msgp.Skip(data)
	if err != nil {
		return nil, nil, err
	}
	var seconds, nanos int64
	switch body := data[:len(data)-len(rest)]; {
	case bytes.HasPrefix(body, []byte{0xd6, 0xff}):
		seconds = int64(binary.BigEndian.Uint32(body[2:]))
	case bytes.HasPrefix(body, []byte{0xd7, 0xff}):
		both := binary.BigEndian.Uint64(body[2:])
		seconds, nanos = int64(both&(1<<34-1)), int64(both>>34)
	case bytes.HasPrefix(body, []byte{0xc7, 12, 0xff}):
		seconds, nanos = int64(binary.BigEndian.Uint64(body[7:])), int64(binary.BigEndian.Uint32(body[3:]))
	default:
		return nil, nil, errType
	}
	if nanos >= int64(time.Second) {
		return nil, nil, errType
	}
	return time.Unix(seconds, nanos).UTC(), rest, nil
}

func readList(data []byte, depth int) ([]value, []byte, error) {
	n, rest, err := msgp.ReadArrayHeaderBytes(data)
	switch {
	case err != nil:
		return nil, nil, err
	case depth >= maxDepth:
		return nil, nil, errDeep
	case int64(n) > int64(len(rest)):
		return nil, nil, msgp.ErrShortBytes
	}
	list := make([]value, n)
	for i := range list {
		if list[i], rest, err = readMsgpack(rest, depth+1); err != nil {
			return nil, nil, err
		}
	}
	return list, rest, nil
}

func readDict(data []byte, depth int) ([]entry, []byte, error) {
	n, rest, err := msgp.ReadMapHeaderBytes(data)
	switch {
	case err != nil:
		return nil, nil, err
	case depth >= maxDepth:
		return nil, nil, errDeep
	case int64(n) > int64(len(rest)):
		return nil, nil, msgp.ErrShortBytes
	}
	dict := make([]entry, n)
	for i := range dict {
		e := &dict[i]
		before := rest
		if e.key, e.number, rest, err = readKey(rest); err != nil {
			return nil, nil, err
		}
		e.rawKey = before[:len(before)-len(rest)]
		if e.value, rest, err = readMsgpack(rest, depth+1); err != nil {
			return nil, nil, err
		}
	}
	return dict, rest, nil
}

// readKey takes text and integers, which Flask's own sessions make text.
func readKey(data []byte) (key string, number bool, rest []byte, err error) {
	switch msgp.NextType(data) {
	case msgp.StrType:
		key, rest, err = readText(data)
		return key, false, rest, err
	case msgp.IntType:
		i, rest, err := msgp.ReadInt64Bytes(data)
		return strconv.FormatInt(i, 10), true, rest, err
	case msgp.UintType:
		u, rest, err := msgp.ReadUint64Bytes(data)
		return strconv.FormatUint(u, 10), true, rest, err
	}
	return "", false, nil, errors.New("it has a mapping with keys that are neither text nor integers")
}

// msgpackText returns the text that raw is.
func msgpackText(raw []byte) (string, error) {
	if msgp.NextType(raw) != msgp.StrType {
		return "", errors.New("its key is no text")
	}
	s, _, err := readText(raw)
	return s, err
}

// A msgpackWriter writes as msgspec does: everything in its shortest form.
type msgpackWriter struct{ out []byte }

func (w *msgpackWriter) null()            { w.out = msgp.AppendNil(w.out) }
func (w *msgpackWriter) bool(b bool)      { w.out = msgp.AppendBool(w.out, b) }
func (w *msgpackWriter) float(f float64)  { w.out = msgp.AppendFloat64(w.out, f) }
func (w *msgpackWriter) text(s string)    { w.out = msgp.AppendString(w.out, s) }
func (w *msgpackWriter) bytes(b []byte)   { w.out = msgp.AppendBytes(w.out, b) }
func (w *msgpackWriter) time(t time.Time) { w.out = msgp.AppendTimeExt(w.out, t) }
func (w *msgpackWriter) raw(b []byte)     { w.out = append(w.out, b...) }
func (w *msgpackWriter) rawKey(b []byte)  { w.raw(b) }
func (w *msgpackWriter) written() []byte  { return w.out }

func (w *msgpackWriter) int(i int64) {
	if i >= 0 { // msgp would take a signed form, which is longer for some
		w.out = msgp.AppendUint64(w.out, uint64(i))
		return
	}
	w.out = msgp.AppendInt64(w.out, i)
}

func (w *msgpackWriter) bigInt(n json.Number) error {
	u, err := strconv.ParseUint(n.String(), 10, 64)
	if err != nil {
		return errors.New("an integer of more than 64 bits cannot be kept in msgpack; store it as text")
	}
	w.out = msgp.AppendUint64(w.out, u)
	return nil
}

func (w *msgpackWriter) key(key string, number bool) {
	if n, err := strconv.ParseInt(key, 10, 64); number && err == nil {
		w.int(n)
		return
	}
	w.text(key)
}

func (w *msgpackWriter) list(n int, element func(i int) error) error {
	w.out = msgp.AppendArrayHeader(w.out, uint32(n))
	return each(n, element)
}

func (w *msgpackWriter) dict(n int, member func(i int) error) error {
	w.out = msgp.AppendMapHeader(w.out, uint32(n))
	return each(n, member)
}

func each(n int, f func(i int) error) error {
	for i := range n {
		if err := f(i); err != nil {
			return err
		}
	}
	return nil
}
