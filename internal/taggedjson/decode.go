package taggedjson

// Decode returns the value of the document raw, and of nothing less than the whole of it:
//
//	object            map[string]any; of several members with one key the last counts
//	array             []any
//	string            string
//	integer           int64, or json.Number if it is larger
//	other number      float64; one beyond its range is an error
//	true false null   bool, nil
//	tagged values     the types of [Types], []byte and time.Time in UTC
//
// A tag with content of the wrong kind is an error; an object whose only key is no known tag stays an
// object. The error is an [*Error].
func (c *Codec) Decode(raw string) (any, error) {
	return decode(raw, c)
}

// decode reads the document raw; without a codec tags are ordinary objects.
func decode(raw string, c *Codec) (any, error) {
	d := decoder{scanner{data: raw, python: c != nil && c.types.Python}, c}
	d.space()
	v, err := d.value(0)
	if err == nil {
		err = d.end()
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

type decoder struct {
	scanner
	codec *Codec // nil: tags are ordinary objects
}

// value reads a value inside depth others.
func (d *decoder) value(depth int) (any, error) {
	switch d.peek() {
	case '"':
		t, err := d.text()
		return d.string(t), err
	case '{':
		return d.dict(depth)
	case '[':
		return d.list(depth)
	case 't':
		return true, d.literal("true")
	case 'f':
		return false, d.literal("false")
	case 'n':
		return nil, d.literal("null")
	}
	n, err := d.number()
	if err != nil {
		return nil, err
	}
	return n.value()
}

func (d *decoder) list(depth int) (any, error) {
	list := []any{}
	err := d.array(depth, func() error {
		v, err := d.value(depth + 1)
		list = append(list, v)
		return err
	})
	return list, err
}

func (d *decoder) dict(depth int) (any, error) {
	dict := map[string]any{}
	err := d.object(depth, func(key span) error {
		v, err := d.value(depth + 1)
		dict[d.string(key)] = v
		return err
	})
	if err != nil || len(dict) != 1 || d.codec == nil {
		return dict, err
	}
	for key, v := range dict {
		if untag, ok := d.codec.untag[key]; ok {
			return untag(v)
		}
	}
	return dict, nil
}
