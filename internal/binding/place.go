package binding

import "strconv"

// A place is where a value is in a request. Its text is made for reports alone. The zero place is the request itself.
type place struct {
	outer *place
	name  string
	index int
	kind  placeKind
}

// A placeKind says what a place is in the one around it.
type placeKind uint8

const (
	byName  placeKind = iota
	byIndex           // of a list
	anyKey            // of a map, whose keys are the client's own
)

// member returns the place of a member.
func (p place) member(name string) place { return place{outer: &p, name: name} }

// item returns the place of an item of a list.
func (p place) item(index int) place { return place{outer: &p, index: index, kind: byIndex} }

// hasKey reports whether a key of a map is on the way to the place.
func (p *place) hasKey() bool { return p != nil && (p.kind == anyKey || p.outer.hasKey()) }

// String returns the name that the client knows the place by, such as items[0].price.
func (p place) String() string { return string(p.appendTo(nil)) }

func (p *place) appendTo(b []byte) []byte {
	if p == nil {
		return b
	}
	b = p.outer.appendTo(b)
	switch {
	case p.kind == byIndex:
		return append(strconv.AppendInt(append(b, '['), int64(p.index), 10), ']')
	case p.kind == anyKey:
		return append(b, "[*]"...)
	case len(b) > 0:
		b = append(b, '.')
	}
	return append(b, p.name...)
}
