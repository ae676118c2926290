package flasksession

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// splitJSON returns the members of a JSON object, and false for what is none.
func splitJSON(data []byte) ([]member, bool) {
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, false
	}
	var members []member
	err := eachMember(data, func(key string, rawKey, raw []byte) error {
		m := member{key: key, rawKey: rawKey}
		m.value, m.err = parseJSON(raw, 0)
		m.value.raw = raw
		members = append(members, m)
		return nil
	})
	return members, err == nil
}

// eachMember calls f with every member of an object, in its order. What is no object is an error.
func eachMember(data []byte, f func(key string, rawKey, raw []byte) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return errType
	}
	for dec.More() {
		var rawKey, raw json.RawMessage
		start := dec.InputOffset()
		token, err := dec.Token()
		if err != nil {
			return err
		}
		rawKey = bytes.TrimLeft(data[start:dec.InputOffset()], ", \t\r\n")
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		key, _ := token.(string)
		if err := f(key, rawKey, raw); err != nil {
			return err
		}
	}
	return nil
}

// parseJSON returns the one value in raw, which is valid JSON and inside depth others.
func parseJSON(raw []byte, depth int) (v value, err error) {
	v.raw = raw
	switch raw[0] {
	case '{':
		v.dict, err = parseObject(raw, depth)
	case '[':
		v.list, err = parseArray(raw, depth)
	case '"':
		var s string
		err = json.Unmarshal(raw, &s)
		v.plain = s
	case 't', 'f':
		v.plain = raw[0] == 't'
	case 'n':
	default:
		v.plain, err = parseNumber(string(raw))
	}
	return v, err
}

func parseObject(raw []byte, depth int) ([]entry, error) {
	if depth >= maxDepth {
		return nil, errDeep
	}
	dict := []entry{}
	err := eachMember(raw, func(key string, rawKey, raw []byte) error {
		v, err := parseJSON(raw, depth+1)
		dict = append(dict, entry{rawKey: rawKey, key: key, value: v})
		return err
	})
	return dict, err
}

func parseArray(raw []byte, depth int) ([]value, error) {
	if depth >= maxDepth {
		return nil, errDeep
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, err
	}
	list := make([]value, len(elements))
	for i, element := range elements {
		var err error
		if list[i], err = parseJSON(element, depth+1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// parseNumber gives what a session does: an int64, a json.Number for a larger integer, or a float64.
func parseNumber(text string) (any, error) {
	if strings.ContainsAny(text, ".eE") {
		return strconv.ParseFloat(text, 64)
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, nil
	}
	return json.Number(text), nil
}

// A jsonWriter writes as msgspec does: without white space, not more escapes than needed, what JSON has no form for as text.
type jsonWriter struct{ out []byte }

func (w *jsonWriter) null()           { w.out = append(w.out, "null"...) }
func (w *jsonWriter) bool(b bool)     { w.out = strconv.AppendBool(w.out, b) }
func (w *jsonWriter) int(i int64)     { w.out = strconv.AppendInt(w.out, i, 10) }
func (w *jsonWriter) bytes(b []byte)  { w.text(base64.StdEncoding.EncodeToString(b)) }
func (w *jsonWriter) raw(b []byte)    { w.out = append(w.out, b...) }
func (w *jsonWriter) written() []byte { return w.out }

func (w *jsonWriter) time(t time.Time) { w.text(t.UTC().Format(time.RFC3339)) }

func (w *jsonWriter) bigInt(n json.Number) error {
	w.out = append(w.out, n...)
	return nil
}

// float writes a float so that Python reads one: 1 would be an integer.
func (w *jsonWriter) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.null()
		return
	}
	start := len(w.out)
	w.out = strconv.AppendFloat(w.out, f, 'g', -1, 64)
	if !bytes.ContainsAny(w.out[start:], ".e") {
		w.out = append(w.out, ".0"...)
	}
}

func (w *jsonWriter) text(s string) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // text can be encoded
	w.out = append(w.out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

func (w *jsonWriter) key(key string, _ bool) {
	w.text(key)
	w.out = append(w.out, ':')
}

func (w *jsonWriter) rawKey(b []byte) {
	w.raw(b)
	w.out = append(w.out, ':')
}

func (w *jsonWriter) list(n int, element func(i int) error) error {
	return w.enclosed('[', ']', n, element)
}

func (w *jsonWriter) dict(n int, member func(i int) error) error {
	return w.enclosed('{', '}', n, member)
}

func (w *jsonWriter) enclosed(open, end byte, n int, f func(i int) error) error {
	w.out = append(w.out, open)
	err := each(n, func(i int) error {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		return f(i)
	})
	w.out = append(w.out, end)
	return err
}
