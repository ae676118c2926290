package dewar

import (
	"reflect"
	"slices"
)

// merge returns current with the changes that lead from before to after. Those two may differ in form only, when
// before is what another writer wrote.
func (s *Session) merge(current, before, after string) (string, error) {
	var values [3]any
	for i, raw := range [...]string{current, before, after} {
		v, err := s.codec().Decode(raw)
		if err != nil {
			return "", err
		}
		values[i] = v
	}
	switch {
	case reflect.DeepEqual(values[1], values[2]):
		return current, nil
	case current == before:
		return after, nil
	}
	raw, err := s.codec().Append(nil, overlay(values[0], values[1], values[2]))
	return string(raw), err
}

// overlay goes down to the members that differ between before and after, so that others stay as they are in current:
// a type may know fewer of them than the value has, or know them as text.
func overlay(current, before, after any) any {
	if reflect.DeepEqual(before, after) {
		return current
	}
	switch after := after.(type) {
	case Map:
		now, ok1 := current.(Map)
		old, ok2 := before.(Map)
		if ok1 && ok2 {
			return overlayMap(now, old, after)
		}
	case []any:
		now, ok1 := listOf(current)
		old, ok2 := before.([]any)
		if !ok1 || !ok2 || len(now) != len(old) {
			break
		}
		merged := overlayList(now, old, after)
		if _, ok := current.(Tuple); ok {
			return Tuple(merged)
		}
		return merged
	}
	return after
}

// listOf returns the elements of a list or tuple.
func listOf(v any) (list []any, ok bool) {
	if tuple, ok := v.(Tuple); ok {
		return tuple, true
	}
	list, ok = v.([]any)
	return list, ok
}

// overlayList keeps the elements at the beginning and at the end that are the same before and after: a list may have
// grown or shrunk between them.
func overlayList(current, before, after []any) []any {
	if len(before) == len(after) {
		for i := range after {
			current[i] = overlay(current[i], before[i], after[i])
		}
		return current
	}
	head := 0
	for head < min(len(before), len(after)) && reflect.DeepEqual(before[head], after[head]) {
		head++
	}
	tail := 0
	for tail < min(len(before), len(after))-head && reflect.DeepEqual(before[len(before)-1-tail], after[len(after)-1-tail]) {
		tail++
	}
	return slices.Concat(current[:head], after[head:len(after)-tail], current[len(current)-tail:])
}

func overlayMap(current, before, after Map) Map {
	for key := range before {
		if _, kept := after[key]; !kept {
			delete(current, key)
		}
	}
	for key, v := range after {
		old, known := before[key]
		if known && reflect.DeepEqual(old, v) {
			continue // also when current has it no more
		}
		if now, there := current[key]; known && there {
			v = overlay(now, old, v)
		}
		current[key] = v
	}
	return current
}
