package sessiondata

import (
	"reflect"
	"slices"
)

// merge returns current with the changes that lead from before to after. Those two may differ in form only, when
// before is what another writer wrote.
func (b *Bag) merge(current, before, after string) (string, error) {
	var values [3]any
	for i, raw := range [...]string{current, before, after} {
		v, err := b.codec.Decode(raw)
		if err != nil {
			return "", err
		}
		values[i] = v
	}
	switch {
	case b.same(values[1], values[2]):
		return current, nil
	case current == before:
		return after, nil
	}
	raw, err := b.codec.AppendRead(nil, b.overlay(values[0], values[1], values[2]))
	return string(raw), err
}

// same reports whether two decoded values are, which those with a NaN in them are not for reflect.
func (b *Bag) same(x, y any) bool {
	if reflect.DeepEqual(x, y) {
		return true
	}
	texts := b.texts([]any{x, y})
	return texts[0] == texts[1]
}

// overlay goes down to the members that differ between before and after, so that others stay as they are in current:
// a type may know fewer of them than the value has, or know them as text.
func (b *Bag) overlay(current, before, after any) any {
	if b.same(before, after) {
		return current
	}
	switch after := after.(type) {
	case map[string]any:
		now, ok1 := current.(map[string]any)
		old, ok2 := before.(map[string]any)
		if ok1 && ok2 {
			return b.overlayMap(now, old, after)
		}
	case []any:
		now, ok1 := listOf(current)
		old, ok2 := before.([]any)
		if !ok1 || !ok2 || len(now) != len(old) {
			break
		}
		merged := b.overlayList(now, old, after)
		return reflect.ValueOf(merged).Convert(reflect.TypeOf(current)).Interface()
	}
	return after
}

// listOf returns the elements of a list, or of a type that is defined as one, such as a tuple.
func listOf(v any) (list []any, ok bool) {
	if r := reflect.ValueOf(v); r.IsValid() && r.CanConvert(reflect.TypeFor[[]any]()) {
		list, ok = r.Convert(reflect.TypeFor[[]any]()).Interface().([]any)
	}
	return list, ok
}

// overlayList takes an element that is the same before and after along to where it has moved, with what the type does
// not know of it. One that has changed in its place is merged; any other is new.
func (b *Bag) overlayList(current, before, after []any) []any {
	was, is := b.texts(before), b.texts(after)
	places, now := firstPlaces(was), firstPlaces(is)
	merged := slices.Clone(after)
	for i, text := range is {
		from, known := places[text]
		if i < len(was) && was[i] == text {
			from = i
		}
		if known {
			merged[i] = current[from]
		} else if len(was) == len(is) {
			if _, moved := now[was[i]]; !moved {
				merged[i] = b.overlay(current[i], before[i], after[i])
			}
		}
	}
	return merged
}

// texts returns the encodings of the elements.
func (b *Bag) texts(list []any) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		raw, _ := b.codec.AppendRead(nil, v) // it has just been decoded
		texts[i] = string(raw)
	}
	return texts
}

// firstPlaces returns where each text stands first.
func firstPlaces(texts []string) map[string]int {
	places := make(map[string]int, len(texts))
	for i, text := range slices.Backward(texts) {
		places[text] = i
	}
	return places
}

func (b *Bag) overlayMap(current, before, after map[string]any) map[string]any {
	for key := range before {
		if _, kept := after[key]; !kept {
			delete(current, key)
		}
	}
	for key, v := range after {
		old, known := before[key]
		if known && b.same(old, v) {
			continue // also when current has it no more
		}
		if now, there := current[key]; known && there {
			v = b.overlay(now, old, v)
		}
		current[key] = v
	}
	return current
}
