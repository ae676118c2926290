package binding

import (
	"cmp"
	"errors"
	"fmt"
	"mime/multipart"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/formats"
)

// A Rule is a constraint: the name of its tag, and the text of that.
type Rule struct{ Name, Limit string }

// A test reports whether a value keeps a rule.
type test func(v reflect.Value) bool

// A check is a rule that is ready to be asked.
type check struct {
	Rule
	whole bool // it is about a list as a whole, not about each item
	keeps test
}

// makers make the test of each rule for values of a type, from the text of its tag. Those that are whole get the type of the
// list, all others that of its items.
var makers = [...]struct {
	name  string
	whole bool
	make  func(t reflect.Type, limit string) (test, error)
}{
	{"min", false, bound(func(c int) bool { return c >= 0 })},
	{"max", false, bound(func(c int) bool { return c <= 0 })},
	{"above", false, bound(func(c int) bool { return c > 0 })},
	{"below", false, bound(func(c int) bool { return c < 0 })},
	{"minlength", false, length(func(n, limit int) bool { return n >= limit })},
	{"maxlength", false, length(func(n, limit int) bool { return n <= limit })},
	{"pattern", false, pattern},
	{"format", false, format},
	{"enum", false, enum(true)},
	{"noneof", false, enum(false)},
	{"accept", false, accept},
	{"maxsize", false, maxSize},
	{"minitems", true, items(func(n, limit int) bool { return n >= limit })},
	{"maxitems", true, items(func(n, limit int) bool { return n <= limit })},
	{"unique", true, unique},
}

// setRules reads the tags that constrain the field.
func (f *field) setRules(tags reflect.StructTag) error {
	if err := checkMisspelt(tags); err != nil {
		return err
	}
	for _, maker := range makers {
		limit, ok := tags.Lookup(maker.name)
		if !ok {
			continue
		}
		t := f.typ
		if !maker.whole {
			t = itemType(t)
		}
		keeps, err := maker.make(pointee(t), limit)
		if err != nil {
			return fmt.Errorf("has the tag %s:%q, %w", maker.name, limit, err)
		}
		f.checks = append(f.checks, check{Rule{maker.name, limit}, maker.whole, keeps})
	}
	f.most = slices.IndexFunc(f.checks, func(c check) bool { return c.Name == "maxitems" })
	f.sameName = tags.Get("eqfield")
	f.messages = messages(tags)
	return nil
}

// messages returns what the tags say instead of the texts of rules: "message" under "", the others by their rule.
func messages(tags reflect.StructTag) map[string]string {
	var found map[string]string
	add := func(rule, tag string) {
		if text, ok := tags.Lookup(tag); ok {
			if found == nil {
				found = map[string]string{}
			}
			found[rule] = text
		}
	}
	add("", "message")
	for _, maker := range makers {
		add(maker.name, "message."+maker.name)
	}
	for _, rule := range [...]string{"required", "eqfield", "type"} {
		add(rule, "message."+rule)
	}
	return found
}

// message returns the text that a field has for a rule, if it has one of its own.
func (f *field) message(rule string) (string, bool) {
	if text, ok := f.messages[rule]; ok {
		return text, true
	}
	text, ok := f.messages[""]
	return text, ok
}

// check asks the rules of f whether a value that was taken is right, and reports the first that it does not keep.
func (b *Binder) check(f *field, v reflect.Value, at place) {
	for i := range f.checks {
		c := &f.checks[i]
		if c.whole {
			if whole, ok := deref(v); ok && !c.keeps(whole) {
				b.broken(f, c.Rule, at)
				return
			}
			continue
		}
		i, ok := b.firstBad(f, c, v)
		switch {
		case ok:
			continue
		case f.list:
			b.broken(f, c.Rule, at.item(i))
		default:
			b.broken(f, c.Rule, at)
		}
		return
	}
}

// checkMost asks a list of empty texts alone whether it is too long.
func (b *Binder) checkMost(f *field, v reflect.Value, at place) {
	if f.most >= 0 && !f.checks[f.most].keeps(v) {
		b.broken(f, f.checks[f.most].Rule, at)
	}
}

// tooMany asks a list or map how many values it may have, before they are made: each may cost a call of a method Validate.
func (b *Binder) tooMany(f *field, at place, count func() int) bool {
	if f.most < 0 {
		return false
	}
	rule := f.checks[f.most].Rule
	most, _ := strconv.Atoi(rule.Limit) // tried when the plan was made
	if count() <= most {
		return false
	}
	b.broken(f, rule, at)
	return true
}

// firstBad asks each item of a list, or the value itself. It returns the index of the item that does not keep the rule.
func (b *Binder) firstBad(f *field, c *check, v reflect.Value) (index int, ok bool) {
	v, there := deref(v)
	if !there {
		return 0, true
	}
	if !f.list {
		return 0, c.keeps(v)
	}
	for i := range v.Len() {
		if item, there := deref(v.Index(i)); there && !c.keeps(item) {
			return i, false
		}
	}
	return 0, true
}

// broken reports a rule that the value of f does not keep.
func (b *Binder) broken(f *field, rule Rule, at place) {
	text, own := f.message(rule.Name)
	if !own {
		text = Text(rule.Name, rule.Limit)
	}
	b.reportRule(at, rule, text)
}

// resolveSame finds the fields that others must be equal to.
func (plan *Plan) resolveSame(t reflect.Type) error {
	for i := range plan.fields {
		f := &plan.fields[i]
		if f.sameName == "" {
			continue
		}
		other := slices.IndexFunc(plan.fields, func(o field) bool { return slices.Contains(o.names[:], f.sameName) })
		if other < 0 || plan.fields[other].typ != f.typ || !comparable(pointee(f.typ)) {
			return fmt.Errorf("field %s of %v has the tag eqfield:%q; write the name of another field of its type, as clients know it", f.goName, t, f.sameName)
		}
		f.same = other
		plan.compares = true
	}
	return nil
}

// compare reports fields that are not equal to the one they must be equal to, where both are good.
func (b *Binder) compare(target reflect.Value, plan *Plan, at place, nameOf func(*field) string) {
	if !plan.compares {
		return
	}
	for i := range plan.fields {
		f := &plan.fields[i]
		if f.sameName == "" {
			continue
		}
		other := &plan.fields[f.same]
		here := at.member(nameOf(f))
		good := b.bad == 0 || !b.isBad(here) && !b.isBad(at.member(nameOf(other)))
		if good && !same(coerce.FieldAt(target, f.index), coerce.FieldAt(target, other.index)) {
			b.broken(f, Rule{"eqfield", f.sameName}, here)
		}
	}
}

// same reports whether two values, or what they point to, are equal. One that is not there is equal to none that is.
func same(a, b reflect.Value) bool {
	a, hasA := deref(a)
	b, hasB := deref(b)
	return hasA == hasB && (!hasA || a.Equal(b))
}

// isBad reports whether something is wrong with a field already.
func (b *Binder) isBad(at place) bool {
	name := at.String()
	return slices.ContainsFunc(b.problems, func(p Problem) bool { return p.Field == name })
}

// pointee is the type behind the pointers to it.
func pointee(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer && t != fileType {
		t = t.Elem()
	}
	return t
}

// itemType is the type of what a rule is asked about: the items of a list, or the value.
func itemType(t reflect.Type) reflect.Type {
	t = pointee(t)
	if isList(t) {
		return t.Elem()
	}
	return t
}

// isList reports whether values of t are lists of values, as bytes and types with a text of their own are not.
func isList(t reflect.Type) bool {
	list := t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 || t.Kind() == reflect.Array
	return list && !reflect.PointerTo(t).Implements(textType)
}

// comparable reports whether values of t can be compared whatever they hold, as an interface cannot: a client may put a list into it.
func comparable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return false
	case reflect.Array:
		return comparable(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !comparable(t.Field(i).Type) {
				return false
			}
		}
	}
	return t.Comparable()
}

// deref follows pointers to a value, if there is one.
func deref(v reflect.Value) (reflect.Value, bool) {
	for v.Kind() == reflect.Pointer && v.Type() != fileType {
		if v.IsNil() {
			return v, false
		}
		v = v.Elem()
	}
	return v, true
}

func bound(keeps func(c int) bool) func(reflect.Type, string) (test, error) {
	return func(t reflect.Type, limit string) (test, error) {
		order := orderOf(t)
		if order == nil {
			return nil, fmt.Errorf("which is for numbers, durations and times, not for %v; a text has minlength and maxlength, a list minitems and maxitems", t)
		}
		at, err := valueOf(t, limit)
		return func(v reflect.Value) bool { return keeps(order(v, at)) }, err
	}
}

// valueOf makes a value of type t of the text of a tag.
func valueOf(t reflect.Type, text string) (reflect.Value, error) {
	v := reflect.New(t)
	if err := coerce.Into(v.Interface(), text); err != nil {
		return v, fmt.Errorf("which does not fit its type %v: %w", t, err)
	}
	return v.Elem(), nil
}

// orderOf returns how values of t are compared, or nil if they are not.
func orderOf(t reflect.Type) func(a, b reflect.Value) int {
	switch k := t.Kind(); {
	case t == timeType:
		return func(a, b reflect.Value) int { return a.Interface().(time.Time).Compare(b.Interface().(time.Time)) }
	case reflect.Int <= k && k <= reflect.Int64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	case reflect.Uint <= k && k <= reflect.Uint64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) }
	case k == reflect.Float32 || k == reflect.Float64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Float(), b.Float()) }
	}
	return nil
}

func length(keeps func(n, limit int) bool) func(reflect.Type, string) (test, error) {
	return func(t reflect.Type, limit string) (test, error) {
		n, err := count(limit)
		switch {
		case t.Kind() == reflect.String:
			return func(v reflect.Value) bool { return keeps(characters(v.String()), n) }, err
		case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
			return func(v reflect.Value) bool { return keeps(v.Len(), n) }, err
		}
		return nil, fmt.Errorf("which is for texts, not for %v; a number has min and max, a list minitems and maxitems", t)
	}
}

// characters counts as a browser does: forms send the end of a line as two, which are one where they are typed.
func characters(s string) int { return utf8.RuneCountInString(s) - strings.Count(s, "\r\n") }

func count(limit string) (int, error) {
	n, err := strconv.Atoi(limit)
	if err != nil || n < 0 {
		return 0, errors.New("which is no count; write a number from 0 on")
	}
	return n, nil
}

func items(keeps func(n, limit int) bool) func(reflect.Type, string) (test, error) {
	return func(t reflect.Type, limit string) (test, error) {
		n, err := count(limit)
		if !isList(t) && t.Kind() != reflect.Map {
			return nil, fmt.Errorf("which is for lists and maps, not for %v; a text has minlength and maxlength", t)
		}
		return func(v reflect.Value) bool { return keeps(v.Len(), n) }, err
	}
}

func unique(t reflect.Type, limit string) (test, error) {
	if limit != "true" || !isList(t) || !comparable(pointee(t.Elem())) {
		return nil, fmt.Errorf("which does not fit its type %v; write unique:\"true\" for a list of what can be compared", t)
	}
	return func(v reflect.Value) bool {
		seen := make(map[any]bool, v.Len())
		for i := range v.Len() {
			item, _ := deref(v.Index(i))
			if seen[item.Interface()] {
				return false
			}
			seen[item.Interface()] = true
		}
		return true
	}, nil
}

func pattern(t reflect.Type, limit string) (test, error) {
	if t.Kind() != reflect.String {
		return nil, fmt.Errorf("which is for texts, not for %v", t)
	}
	re, err := regexp.Compile("^(?:" + limit + ")$")
	if err != nil {
		return nil, fmt.Errorf("which is no regular expression: %w", err)
	}
	return func(v reflect.Value) bool { return re.MatchString(v.String()) }, nil
}

func format(t reflect.Type, limit string) (test, error) {
	is, err := formats.Lookup(limit)
	if err == nil && t.Kind() != reflect.String {
		err = fmt.Errorf("which is for texts, not for %v", t)
	}
	return func(v reflect.Value) bool { return is(v.String()) }, err
}

// enum has a value be one of the list, or none.
func enum(in bool) func(reflect.Type, string) (test, error) {
	return func(t reflect.Type, limit string) (test, error) {
		if !comparable(t) {
			return nil, fmt.Errorf("which is for texts and numbers, not for %v", t)
		}
		var list []reflect.Value
		for text := range strings.SplitSeq(limit, ",") {
			one, err := valueOf(t, text)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		if t.Kind() == reflect.String {
			return oneOfTexts(list, in), nil
		}
		return func(v reflect.Value) bool {
			return slices.ContainsFunc(list, v.Equal) == in
		}, nil
	}
}

// oneOfTexts is the test of enum for values that are texts.
func oneOfTexts(list []reflect.Value, in bool) test {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = v.String()
	}
	return func(v reflect.Value) bool { return slices.Contains(texts, v.String()) == in }
}

// accept compares the extension of a file, in any case.
func accept(t reflect.Type, limit string) (test, error) {
	extensions := strings.Split(strings.ToLower(strings.ReplaceAll(limit, " ", "")), ",")
	if t != fileType || slices.ContainsFunc(extensions, func(ext string) bool { return len(ext) < 2 || ext[0] != '.' }) {
		return nil, errors.New("which is for uploaded files; write their extensions, as in accept:\".png,.jpg\"")
	}
	return func(v reflect.Value) bool {
		return slices.Contains(extensions, strings.ToLower(path.Ext(v.Interface().(*multipart.FileHeader).Filename)))
	}, nil
}

func maxSize(t reflect.Type, limit string) (test, error) {
	digits := strings.TrimRight(limit, "KMGB")
	unit, known := map[string]int64{"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}[limit[len(digits):]]
	n, err := strconv.ParseInt(digits, 10, 32)
	if t != fileType || !known || err != nil {
		return nil, errors.New("which is for uploaded files; write a size, as in maxsize:\"5MB\"")
	}
	return func(v reflect.Value) bool { return v.Interface().(*multipart.FileHeader).Size <= n*unit }, nil
}
