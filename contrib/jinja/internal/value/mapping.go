package value

import "slices"

// mappingMethod reports whether name is, or may be, more than a key: a method of every mapping, or a name that is none of an attribute. It is
// mappingMethods without the table.
func mappingMethod(name string) bool {
	switch name {
	case "get", "keys", "values", "items", "copy", "":
		return true
	}
	return private(name)
}

// mappingMethods are those of every mapping. They change nothing.
func mappingMethods() methods {
	return newMethods(
		def("get", "key, default=None", func(_ *Runtime, self any, a []any) (any, error) {
			v, ok, err := lookup(self, a[0])
			if !ok {
				v = a[1]
			}
			return v, err
		}),
		def("keys", "", func(rt *Runtime, self any, _ []any) (any, error) {
			return collect(rt, self, "dict_keys", func(k, _ any) any { return k })
		}),
		def("values", "", func(rt *Runtime, self any, _ []any) (any, error) {
			return collect(rt, self, "dict_values", func(_, v any) any { return v })
		}),
		def("items", "", func(rt *Runtime, self any, _ []any) (any, error) {
			return collect(rt, self, "dict_items", func(k, v any) any { return Tuple{k, v} })
		}),
		def("copy", "", func(rt *Runtime, self any, _ []any) (any, error) { return dictOf(rt, self) }),
	)
}

// A view is what keys, values and items of a dict return: as a list, but without positions.
type view struct {
	class string
	items []any
}

func (v *view) Attr(*Runtime, string) (any, bool) { return nil, false }
func (v *view) TypeName() string                  { return v.class }
func (v *view) Len() int                          { return len(v.items) }

func (v *view) Iterate(rt *Runtime) (*Iterator, error) { return Iterate(rt, v.items) }

func collect(rt *Runtime, m any, class string, pick func(k, v any) any) (any, error) {
	pairs, err := Pairs(rt, m)
	if err != nil {
		return nil, err
	}
	n, err := Len(rt, m)
	items := make([]any, 0, n)
	for k, v := range pairs {
		items = append(items, pick(k, v))
	}
	return &view{class, items}, err
}

// dictOf is a new Dict with the pairs of a mapping.
func dictOf(rt *Runtime, m any) (*Dict, error) {
	if d, ok := m.(*Dict); ok {
		if err := spend(rt, d.Len()); err != nil {
			return nil, err
		}
		return d.clone(), nil
	}
	d := &Dict{}
	return d, d.update(rt, m)
}

// update takes over the pairs of a mapping, or of a list of pairs.
func (d *Dict) update(rt *Runtime, v any) error {
	if IsMapping(v) {
		pairs, err := Pairs(rt, v)
		if err != nil {
			return err
		}
		for key, value := range pairs {
			if err := d.Set(key, value); err != nil {
				return err
			}
		}
		return nil
	}
	items, err := Items(rt, v)
	if err != nil {
		return err
	}
	for i, item := range items {
		pair, err := Items(rt, item)
		if isKind(err, "TypeError") {
			return typeErrorf("cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if err != nil {
			return err
		}
		if len(pair) != 2 {
			return valueErrorf("dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := d.Set(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}

// dictMethods are those that change a Dict.
func dictMethods() methods {
	return newMethods(
		onDict("pop", "key, *default", func(rt *Runtime, d *Dict, a []any) (any, error) {
			v, ok, err := d.find(a[0])
			if err != nil {
				return nil, err
			}
			if ok {
				d.Delete(a[0])
				return v, spend(rt, d.Len())
			}
			if more := a[1].(Tuple); len(more) > 0 {
				return more[0], nil
			}
			return nil, keyError(rt, a[0])
		}),
		onDict("popitem", "", func(_ *Runtime, d *Dict, _ []any) (any, error) {
			if d.Len() == 0 {
				return nil, failf("KeyError", "'popitem(): dictionary is empty'")
			}
			last := d.entries[d.Len()-1]
			d.remove(d.Len() - 1)
			return Tuple{last.key, last.value}, nil
		}),
		onDict("setdefault", "key, default=None", func(rt *Runtime, d *Dict, a []any) (any, error) {
			v, ok, err := d.find(a[0])
			if ok || err != nil {
				return v, err
			}
			if err := d.Set(a[0], a[1]); err != nil {
				return nil, err
			}
			return a[1], spend(rt, 1)
		}),
		onDict("update", "*others, **more", func(rt *Runtime, d *Dict, a []any) (any, error) {
			others := a[0].(Tuple)
			if len(others) > 1 {
				return nil, typeErrorf("update expected at most 1 argument, got %d", len(others))
			}
			for _, v := range others {
				if err := d.update(rt, v); err != nil {
					return nil, err
				}
			}
			return nil, d.update(rt, a[1])
		}),
		onDict("clear", "", func(_ *Runtime, d *Dict, _ []any) (any, error) {
			*d = Dict{}
			return nil, nil
		}),
		onDict("fromkeys", "iterable, value=None", func(rt *Runtime, _ *Dict, a []any) (any, error) {
			keys, err := Items(rt, a[0])
			if err != nil {
				return nil, err
			}
			made := &Dict{}
			for _, k := range slices.All(keys) {
				if err := made.Set(k, a[1]); err != nil {
					return nil, err
				}
			}
			return made, nil
		}),
	)
}

func keyError(rt *Runtime, key any) error {
	shown, err := Repr(rt, key)
	if err != nil {
		return err
	}
	return failf("KeyError", "%s", shown)
}

func onDict(name, params string, do func(rt *Runtime, d *Dict, a []any) (any, error)) *method {
	return def(name, params, func(rt *Runtime, self any, a []any) (any, error) { return do(rt, self.(*Dict), a) })
}
