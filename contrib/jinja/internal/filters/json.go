package filters

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/big"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// maxNesting is how deep values may lie in each other, for tojson and pprint: what is deeper is a RecursionError, as in Python.
const maxNesting = 500

// A jsonWriter writes JSON as Python's json does, with < > & ' as escapes, so that it is inert in a page. Times are written as Flask does, as
// HTTP dates; what implements json.Marshaler or encoding.TextMarshaler, and structs, as encoding/json does.
type jsonWriter struct {
	rt     *value.Runtime
	b      []byte
	indent string
	lines  bool // each item on a line of its own
	sort   bool
	above  map[any]bool // what is being written: lists and dicts by identity
	depth  int
}

// tojson is JSON that is safe in scripts, in text and in single-quoted attributes.
func tojson(rt *value.Runtime, args []any) (any, error) {
	w := jsonWriter{rt: rt, sort: rt.Policies.JSONSortKeys, lines: !value.IsNone(args[1])}
	if _, text := value.AsString(args[0]); w.lines && !text {
		var err error
		if w.indent, err = indention(rt, args[1]); err != nil {
			return nil, err
		}
	}
	if err := w.value(args[0]); err != nil {
		return nil, err
	}
	return value.Markup{Text: string(w.b), Language: value.JavaScript}, nil
}

func (w *jsonWriter) value(v any) error {
	if err := w.rt.Spend(1); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		return w.raw("null")
	case string:
		return w.string(v)
	case bool:
		return w.scalar(v)
	case int, float64, *big.Int:
		return w.scalar(v)
	case *value.Undefined:
		return w.refuse("Undefined")
	case *value.List:
		return w.list(v, v.Items)
	case value.Tuple:
		return w.list(nil, v)
	case value.NamedTuple:
		return w.list(nil, v.Tuple)
	case *value.Dict:
		return w.dict(v, v)
	case time.Time:
		return w.string(v.UTC().Format(http.TimeFormat))
	case value.Date:
		return w.string(v.Time().Format(http.TimeFormat))
	case time.Duration, value.Clock, []byte, value.Range, *value.Generator, *value.Function:
		return w.refuse(value.TypeName(v))
	}
	return w.other(v)
}

// other writes a Go value that templates did not make.
func (w *jsonWriter) other(v any) error {
	if value.IsNone(v) {
		return w.raw("null")
	}
	switch v.(type) {
	case json.Marshaler, encoding.TextMarshaler:
		return w.marshal(v)
	}
	if held := value.Canon(v); reflect.TypeOf(held) != reflect.TypeOf(v) { // such as the value of a sql.NullBool
		return w.value(held)
	}
	if s, ok := value.AsString(v); ok {
		return w.string(s)
	}
	if isNumber(v) {
		return w.scalar(v)
	}
	if value.IsMapping(v) {
		return w.dict(identity(v), v)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		items, err := value.Items(w.rt, v)
		if err != nil {
			return err
		}
		return w.list(identity(v), items)
	case reflect.Pointer:
		return w.enter(identity(v), func() error { return w.pointed(v, r.Elem()) })
	case reflect.Struct:
		return w.marshal(v)
	}
	return w.refuse(value.TypeName(v))
}

func (w *jsonWriter) pointed(v any, to reflect.Value) error {
	if to.Kind() == reflect.Struct {
		return w.marshal(v)
	}
	return w.value(to.Interface())
}

// marshal writes what encoding/json makes of v, in Python's form.
func (w *jsonWriter) marshal(v any) error {
	if _, ok := v.(value.Object); ok && !marshals(v) {
		return w.refuse(value.TypeName(v))
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return &value.Error{Kind: "TypeError", Message: "Object of type " + value.TypeName(v) + " is not JSON serializable: " + err.Error(), Err: err}
	}
	if err := w.rt.Spend(len(raw)); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	plain, err := decode(d)
	if err != nil {
		return err
	}
	return w.value(plain)
}

func marshals(v any) bool {
	switch v.(type) {
	case json.Marshaler, encoding.TextMarshaler:
		return true
	}
	return false
}

// decode reads a value, and keeps the order of its keys.
func decode(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		return number(token), nil
	case json.Delim:
		if token == '[' {
			return decodeList(d)
		}
		return decodeDict(d)
	}
	return token, nil
}

func number(n json.Number) any {
	if i, ok := new(big.Int).SetString(n.String(), 10); ok {
		return normal(i)
	}
	f, _ := n.Float64()
	return f
}

func decodeList(d *json.Decoder) (any, error) {
	list := &value.List{}
	for d.More() {
		item, err := decode(d)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, item)
	}
	_, err := d.Token()
	return list, err
}

func decodeDict(d *json.Decoder) (any, error) {
	dict := new(value.Dict)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		item, err := decode(d)
		if err != nil {
			return nil, err
		}
		if err := dict.Set(key, item); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return dict, err
}

// identity is what tells a Go map, slice or pointer from others, nil where nothing does.
func identity(v any) any {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Map, reflect.Pointer:
		return r.UnsafePointer()
	case reflect.Slice:
		if r.Len() > 0 {
			return [2]uintptr{r.Pointer(), uintptr(r.Len())}
		}
	}
	return nil
}

// enter writes what lies in v, once.
func (w *jsonWriter) enter(id any, write func() error) error {
	if w.depth >= maxNesting {
		return fail("RecursionError", "maximum recursion depth exceeded while encoding a JSON object")
	}
	if id != nil {
		if w.above[id] {
			return fail("ValueError", "Circular reference detected")
		}
		if w.above == nil {
			w.above = map[any]bool{}
		}
		w.above[id] = true
		defer delete(w.above, id)
	}
	w.depth++
	defer func() { w.depth-- }()
	return write()
}

func (w *jsonWriter) list(id any, items []any) error {
	if len(items) == 0 {
		return w.raw("[]")
	}
	return w.enter(id, func() error {
		w.b = append(w.b, '[')
		for i, item := range items {
			if err := w.separate(i); err != nil {
				return err
			}
			if err := w.value(item); err != nil {
				return err
			}
		}
		return w.close(']')
	})
}

// dict writes the pairs of v, sorted by key before the keys become text.
func (w *jsonWriter) dict(id, v any) error {
	pairs, err := pairsOf(w.rt, v)
	if err != nil {
		return err
	}
	if len(pairs.Items) == 0 {
		return w.raw("{}")
	}
	if w.sort {
		if pairs, err = sortPairs(w.rt, pairs); err != nil {
			return err
		}
	}
	return w.enter(id, func() error {
		w.b = append(w.b, '{')
		for i, pair := range pairs.Items {
			if err := w.separate(i); err != nil {
				return err
			}
			if err := w.key(pair.(value.Tuple)[0]); err != nil {
				return err
			}
			w.b = append(w.b, ": "...)
			if err := w.value(pair.(value.Tuple)[1]); err != nil {
				return err
			}
		}
		return w.close('}')
	})
}

func sortPairs(rt *value.Runtime, pairs *value.List) (*value.List, error) {
	list, err := keysOf(rt, pairs, []path{{keys: []any{0}}})
	if err != nil {
		return nil, err
	}
	err = sortKeyed(rt, list, false, func(x, y []any) (bool, error) { return value.Compare(rt, "<", x[0], y[0]) })
	return itemsOf(list), err
}

// key writes a key as text. None, bool and numbers become what they are in JSON.
func (w *jsonWriter) key(v any) error {
	if s, ok := value.AsString(v); ok {
		return w.string(s)
	}
	if !value.IsNone(v) && !isNumber(v) {
		return fail("TypeError", "keys must be str, int, float, bool or None, not %s", value.TypeName(v))
	}
	w.b = append(w.b, '"')
	if err := w.value(v); err != nil {
		return err
	}
	w.b = append(w.b, '"')
	return nil
}

// separate begins the item i.
func (w *jsonWriter) separate(i int) error {
	if i > 0 {
		w.b = append(w.b, ',')
	}
	if w.lines {
		return w.line()
	}
	if i > 0 {
		w.b = append(w.b, ' ')
	}
	return nil
}

func (w *jsonWriter) close(bracket byte) error {
	w.depth--
	var err error
	if w.lines {
		err = w.line()
	}
	w.depth++
	w.b = append(w.b, bracket)
	return err
}

// line begins a line. An indent that is text is escaped like everything else.
func (w *jsonWriter) line() error {
	if err := w.rt.Spend(1 + w.depth*len(w.indent)); err != nil {
		return err
	}
	w.b = append(w.b, '\n')
	for range w.depth {
		for i := range len(w.indent) {
			w.b = appendInert(w.b, w.indent[i])
		}
	}
	return nil
}

func (w *jsonWriter) raw(s string) error {
	w.b = append(w.b, s...)
	return nil
}

// scalar writes a bool or a number.
func (w *jsonWriter) scalar(v any) error {
	if b := reflect.ValueOf(v); b.Kind() == reflect.Bool {
		if b.Bool() {
			return w.raw("true")
		}
		return w.raw("false")
	}
	if f, ok := realFloat(v); ok {
		switch {
		case math.IsNaN(f):
			return w.raw("NaN")
		case math.IsInf(f, 1):
			return w.raw("Infinity")
		case math.IsInf(f, -1):
			return w.raw("-Infinity")
		}
	}
	s, err := value.Str(w.rt, v)
	if err != nil {
		return err
	}
	return w.raw(s)
}

func (w *jsonWriter) string(s string) error {
	if err := w.rt.Spend(len(s)); err != nil {
		return err
	}
	w.b = append(w.b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.b = append(w.b, '\\', byte(r))
		case r < ' ':
			w.b = appendControl(w.b, byte(r))
		case r < utf8.RuneSelf:
			w.b = appendInert(w.b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			w.b = appendUnicode(appendUnicode(w.b, high), low)
		default:
			w.b = appendUnicode(w.b, r)
		}
	}
	w.b = append(w.b, '"')
	return nil
}

func appendControl(b []byte, c byte) []byte {
	if at := strings.IndexByte("\b\f\n\r\t", c); at >= 0 {
		return append(b, '\\', "bfnrt"[at])
	}
	return appendUnicode(b, rune(c))
}

// appendInert writes what means something to HTML as an escape.
func appendInert(b []byte, c byte) []byte {
	if slices.Contains([]byte("<>&'"), c) {
		return appendUnicode(b, rune(c))
	}
	return append(b, c)
}

func appendUnicode(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

func (w *jsonWriter) refuse(name string) error {
	return fail("TypeError", "Object of type %s is not JSON serializable", name)
}
