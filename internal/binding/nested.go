package binding

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/coerce"
)

// A node is a part of the names of a form, such as items, 0 and price of items[0].price.
type node struct {
	key      string // the name that ends here, as the client wrote it
	twice    bool   // another name means the same
	children map[string]*node
}

// maxSteps is how deep a name leads.
const maxSteps = 16

// tree returns the names of the form that lead into something, taken apart.
func (b *Binder) tree() *node {
	if b.names == nil {
		b.names = &node{}
		for _, key := range b.request.FormKeys() {
			if steps := stepsOf(key); len(steps) > 1 {
				b.names.add(steps, key)
			}
		}
	}
	return b.names
}

// stepsOf takes a name apart: a.b, a[b] and mixtures of them. It returns nil for what is no such name.
func stepsOf(key string) (steps []string) {
	if !strings.ContainsAny(key, ".[") || strings.Count(key, "[") != strings.Count(key, "]") {
		return nil
	}
	key = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(key, "].", "."), "][", "."), "[", ".")
	steps = strings.Split(strings.TrimSuffix(key, "]"), ".")
	bad := func(step string) bool { return step == "" || strings.Contains(step, "]") }
	if len(steps) > maxSteps || slices.ContainsFunc(steps, bad) {
		return nil
	}
	return steps
}

func (n *node) add(steps []string, key string) {
	for _, step := range steps {
		next := n.children[step]
		if next == nil {
			next = &node{}
			if n.children == nil {
				n.children = map[string]*node{}
			}
			n.children[step] = next
		}
		n = next
	}
	n.twice = n.key != ""
	if !n.twice {
		n.key = key
	}
}

// indexes returns the numbers among the names of a list, in their order.
func (n *node) indexes() (list []int) {
	for step := range n.children {
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && strconv.Itoa(i) == step {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return list
}

// isNested reports whether a form fills values of type t by names that lead into them: structs, lists of structs, maps.
func isNested(t reflect.Type) bool {
	t = pointee(t)
	switch {
	case isTextual(t):
		return false
	case t.Kind() == reflect.Slice:
		return pointee(t.Elem()).Kind() == reflect.Struct
	case t.Kind() == reflect.Map:
		return t.Key().Kind() == reflect.String && (isTextual(t.Elem()) || pointee(t.Elem()).Kind() == reflect.Struct)
	}
	return t.Kind() == reflect.Struct
}

// nestForm makes the plans of the structs that a form fills inside a value of type t.
func (p *planner) nestForm(t reflect.Type) error {
	t = pointee(t)
	switch {
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		return p.nestForm(t.Elem())
	case t.Kind() != reflect.Struct || isTextual(t) || p.inForms[t] != nil:
		return nil
	}
	_, err := p.plan(t, Form, Form)
	return err
}

// takeNested fills a value from the names that lead into it.
func (b *Binder) takeNested(at place, f *field, value reflect.Value) bool {
	n := b.tree().children[at.name]
	if n == nil || !n.leadsTo(f.typ) {
		return false
	}
	b.fillField(n, f, value, at)
	return true
}

// leadsTo reports whether a value of type t has a place for what n leads to: one of a map of texts has none for names that go on.
func (n *node) leadsTo(t reflect.Type) bool {
	if t = pointee(t); t.Kind() != reflect.Map || !isTextual(t.Elem()) {
		return true
	}
	for _, child := range n.children {
		if child.key != "" {
			return true
		}
	}
	return false
}

// fillField fills the value of a field, unless that would have too many rows.
func (b *Binder) fillField(n *node, f *field, value reflect.Value, at place) {
	if !b.tooMany(f, at, func() int { return n.rows(f.typ) }) {
		b.fillNode(n, value, at)
	}
}

// rows counts the structs that fillNode would make of the names in a list or map of type t. Plain values cost little and are counted
// when they are there.
func (n *node) rows(t reflect.Type) int {
	t = pointee(t)
	switch {
	case t.Kind() == reflect.Slice:
		return len(n.indexes())
	case t.Kind() == reflect.Map && !isTextual(t.Elem()):
		return len(n.children)
	}
	return 0
}

func (b *Binder) fillNode(n *node, v reflect.Value, at place) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		b.fillNode(n, v.Elem(), at)
	case reflect.Struct:
		b.fillStruct(n, v, at)
	case reflect.Slice:
		// The numbers only give the order: a row that was taken out of a page leaves a gap, and a large one costs nothing.
		indexes := n.indexes()
		v.Set(reflect.MakeSlice(v.Type(), len(indexes), len(indexes)))
		for i, index := range indexes {
			b.fillNode(n.children[strconv.Itoa(index)], v.Index(i), at.item(index))
		}
	case reflect.Map:
		b.fillMap(n, v, at)
	}
}

// fillMap fills a map. A key is the client's own, so it is not named in reports.
func (b *Binder) fillMap(n *node, v reflect.Value, at place) {
	t, inner := v.Type(), place{outer: &at, kind: anyKey}
	v.Set(reflect.MakeMap(t))
	for _, step := range slices.Sorted(maps.Keys(n.children)) {
		child, value := n.children[step], reflect.New(t.Elem()).Elem()
		if !isTextual(t.Elem()) {
			b.fillNode(child, value, inner)
		} else if !b.fillText(child, value, inner) {
			continue // a file, or a name that leads further
		}
		v.SetMapIndex(reflect.ValueOf(step).Convert(t.Key()), value)
	}
}

// fillText sets a value of a map to the text that ends at n, and reports whether there is one.
func (b *Binder) fillText(n *node, value reflect.Value, at place) bool {
	if n.key == "" {
		return false
	}
	texts := b.request.Texts(Form, n.key)
	switch {
	case len(texts) == 0:
		return false
	case n.twice:
		b.report(at, givenTwice)
	default:
		b.convert(at, value, texts[0])
	}
	return true
}

// fillStruct sets the fields of v that have the tag form, as Bind does on the outside.
func (b *Binder) fillStruct(n *node, v reflect.Value, at place) {
	plan := b.plan.inForms[v.Type()]
	before := b.bad
	for i := range plan.fields {
		f := &plan.fields[i]
		b.fillMember(n.children[f.names[Form]], v, f, place{outer: &at, name: f.names[Form]})
	}
	b.compare(v, plan, at, func(f *field) string { return f.names[Form] })
	if b.bad == before {
		b.validate(v, plan, at)
	}
}

func (b *Binder) fillMember(n *node, v reflect.Value, f *field, at place) {
	value := reflect.New(f.typ).Elem()
	before, first := b.bad, len(b.problems)
	switch {
	case n == nil, f.shape != shapeNested && n.key == "":
		b.absent(v, f, at)
		return
	case f.shape == shapeNested:
		b.fillField(n, f, value, at)
	default:
		if !at.hasKey() {
			at = place{name: n.key} // as the client spells it
		}
		if n.twice {
			b.report(at, givenTwice)
		} else if !b.take(Form, n.key, at, f, value) {
			b.absent(v, f, at)
			return
		}
	}
	b.taken(Form, f, value, at, before)
	b.reword(f, first)
	if b.bad == before {
		coerce.FieldAt(v, f.index).Set(value)
	}
}
