package machine

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// jsonModule is the module json.
func (m *Machine) jsonModule() *module {
	j := newModuleOf("json", map[string]native{
		"loads": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one("json.loads", args, kwargs)
			if err != nil {
				return nil, err
			}
			switch v := v.(type) {
			case starlark.String:
				return m.loads(string(v))
			case starlark.Bytes:
				return m.loads(string(v))
			case refused:
				return nil, v.err()
			}
			return nil, fault.Raise("TypeError", "json.loads() needs text, not %s%s", typeName(v), noneHint(v))
		},
		"load": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one("json.load", args, kwargs)
			if err != nil {
				return nil, err
			}
			t, ok := v.(*textFile)
			if !ok {
				return nil, fault.New("json.load() needs an open file")
			}
			data := t.left
			t.left = nil
			return m.loads(string(data))
		},
		"dumps": m.dumps,
	})
	j.attrs["JSONDecodeError"] = m.exceptions["JSONDecodeError"]
	return j
}

func errJSON() error {
	return fault.Raise("JSONDecodeError", "the text is no JSON; check where it comes from")
}

// loads reads JSON as Python does: NaN and Infinity are numbers, and the last of equal keys wins.
func (m *Machine) loads(s string) (starlark.Value, error) {
	if err := m.charge(len(s) * 2); err != nil {
		return nil, err
	}
	if strings.HasPrefix(s, "\ufeff") {
		return nil, errJSON()
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	v, err := m.jsonValue(d, 0)
	if err != nil {
		if strings.Contains(s, "NaN") || strings.Contains(s, "Infinity") {
			return nil, fault.New("NaN and Infinity are not available in JSON; write the number another way")
		}
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errJSON()
	}
	if strings.Contains(s, `\ud`) || strings.Contains(s, `\uD`) {
		if strings.Contains(v.String(), "\ufffd") {
			return nil, fault.New("half a surrogate pair is not available in JSON; write the character itself")
		}
	}
	return v, nil
}

func (m *Machine) jsonValue(d *json.Decoder, depth int) (starlark.Value, error) {
	if depth > maxDepth {
		return nil, errDeep()
	}
	if err := m.charge(entrySize); err != nil {
		return nil, err
	}
	t, err := d.Token()
	if err != nil {
		return nil, errJSON()
	}
	switch t := t.(type) {
	case nil:
		return starlark.None, nil
	case bool:
		return starlark.Bool(t), nil
	case string:
		return starlark.String(t), nil
	case json.Number:
		return jsonNumber(string(t))
	}
	if t == json.Delim('[') {
		return m.jsonList(d, depth)
	}
	return m.jsonDict(d, depth)
}

func jsonNumber(s string) (starlark.Value, error) {
	if strings.ContainsAny(s, ".eE") {
		return parseFloat(s)
	}
	if len(s) > maxDigits {
		return nil, fault.Raise("ValueError", "a number has more than %d digits", maxDigits)
	}
	i, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return nil, errJSON()
	}
	return starlark.MakeBigInt(i), nil
}

func (m *Machine) jsonList(d *json.Decoder, depth int) (starlark.Value, error) {
	var elems []starlark.Value
	for d.More() {
		v, err := m.jsonValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		elems = append(elems, v)
	}
	if _, err := d.Token(); err != nil {
		return nil, errJSON()
	}
	return starlark.NewList(elems), nil
}

func (m *Machine) jsonDict(d *json.Decoder, depth int) (starlark.Value, error) {
	dict := new(starlark.Dict)
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return nil, errJSON()
		}
		v, err := m.jsonValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		if err := setKey(dict, starlark.String(name), v); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, errJSON()
	}
	return dict, nil
}

// dumps implements json.dumps(value, indent, sort_keys, separators, ensure_ascii).
func (m *Machine) dumps(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	w := jsonWriter{machine: m, item: ", ", colon: ": ", ascii: true}
	var v starlark.Value
	var indent, separators starlark.Value = starlark.None, starlark.None
	if err := unpack("json.dumps", args, kwargs, "obj", &v, "indent?", &indent, "sort_keys?", &w.sort, "separators?", &separators, "ensure_ascii?", &w.ascii); err != nil {
		return nil, err
	}
	if indent != starlark.None {
		n, err := starlark.AsInt32(indent)
		if err != nil || n < 0 || n > 100 {
			return nil, fault.New("the indent of json.dumps() must be a number up to 100")
		}
		w.indent, w.item, w.pretty = strings.Repeat(" ", n), ",", true
	}
	if separators != starlark.None {
		pair, ok := separators.(starlark.Tuple)
		if !ok || len(pair) != 2 {
			return nil, fault.New("separators of json.dumps() must be a tuple of two texts")
		}
		item, ok1 := pair[0].(starlark.String)
		colon, ok2 := pair[1].(starlark.String)
		if !ok1 || !ok2 {
			return nil, fault.New("separators of json.dumps() must be a tuple of two texts")
		}
		w.item, w.colon = string(item), string(colon)
	}
	if err := w.write(v, 0); err != nil {
		return nil, err
	}
	return m.text(w.b.String())
}

// jsonWriter writes JSON as Python does.
type jsonWriter struct {
	machine             *Machine
	b                   strings.Builder
	indent, item, colon string
	pretty, sort, ascii bool
}

func (w *jsonWriter) write(v starlark.Value, depth int) error {
	if depth > maxDepth || w.b.Len() > maxText {
		return errDeep()
	}
	if err := w.machine.charge(entrySize + depth*len(w.indent)); err != nil {
		return err
	}
	switch v := unmember(v).(type) {
	case starlark.NoneType:
		w.b.WriteString("null")
	case starlark.Bool:
		w.b.WriteString(strings.ToLower(v.String()))
	case starlark.Int:
		w.b.WriteString(v.String())
	case starlark.Float:
		s := floatRepr(float64(v))
		if strings.Contains(s, "n") {
			return fault.New("json.dumps() writes no infinite numbers here")
		}
		w.b.WriteString(s)
	case starlark.String:
		w.text(string(v))
	case *starlark.List:
		return w.list(v, depth)
	case starlark.Tuple:
		return w.list(v, depth)
	case refused:
		return v.err()
	default:
		if d, ok := asDict(v); ok {
			return w.dict(d, depth)
		}
		return fault.Raise("TypeError", "json.dumps() cannot write %s", typeName(v))
	}
	return nil
}

func (w *jsonWriter) text(s string) {
	w.b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.b.WriteString(`\` + string(r))
		case r == '\n' || r == '\r' || r == '\t' || r == '\b' || r == '\f':
			w.b.WriteString(map[rune]string{'\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}[r])
		case r < ' ' || w.ascii && r >= 0x7f && r <= 0xFFFF:
			fmt.Fprintf(&w.b, `\u%04x`, r)
		case w.ascii && r > 0xFFFF:
			r -= 0x10000
			fmt.Fprintf(&w.b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			w.b.WriteRune(r)
		}
	}
	w.b.WriteByte('"')
}

// between writes what stands before the n-th element, or before the closing bracket where n is -1.
func (w *jsonWriter) between(n, depth int) {
	if n > 0 {
		w.b.WriteString(w.item)
	}
	if w.pretty {
		w.b.WriteString("\n" + strings.Repeat(w.indent, depth))
	}
}

func (w *jsonWriter) list(v starlark.Iterable, depth int) error {
	if starlark.Len(v) == 0 {
		w.b.WriteString("[]")
		return nil
	}
	w.b.WriteString("[")
	n := 0
	for elem := range starlark.Elements(v) {
		w.between(n, depth+1)
		if err := w.write(elem, depth+1); err != nil {
			return err
		}
		n++
	}
	w.between(-1, depth)
	w.b.WriteString("]")
	return nil
}

func (w *jsonWriter) dict(d *starlark.Dict, depth int) error {
	keys := d.Keys()
	if w.sort {
		sorted, err := w.machine.sorted(starlark.Tuple{d}, nil)
		if err != nil {
			return err
		}
		if keys, err = w.machine.elements(sorted); err != nil {
			return err
		}
	}
	if len(keys) == 0 {
		w.b.WriteString("{}")
		return nil
	}
	w.b.WriteString("{")
	for n, key := range keys {
		w.between(n, depth+1)
		c := converter{machine: w.machine}
		name, err := c.key(key)
		if err != nil || c.code {
			return fault.Raise("TypeError", "json.dumps() needs keys that are text")
		}
		w.text(name)
		w.b.WriteString(w.colon)
		v, _, _ := d.Get(key)
		if err := w.write(v, depth+1); err != nil {
			return err
		}
	}
	w.between(-1, depth)
	w.b.WriteString("}")
	return nil
}
