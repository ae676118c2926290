package filters

import (
	"math/big"
	"strings"
	"unicode"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A path is an attribute of attributes, as "address.city" or "0.name". The empty path is the value itself.
type path struct {
	keys      []any // string or int
	otherwise any   // in place of what is undefined, unless it is None
	fold      bool  // text is compared without regard to case
}

// newPath reads the argument attribute of a filter.
func newPath(attribute any) (path, error) {
	if value.IsNone(attribute) {
		return path{}, nil
	}
	names, ok := value.AsString(attribute)
	if !ok {
		return path{keys: []any{attribute}}, nil
	}
	var p path
	for name := range strings.SplitSeq(names, ".") {
		key, err := pathKey(name)
		if err != nil {
			return path{}, err
		}
		p.keys = append(p.keys, key)
	}
	return p, nil
}

// newPaths reads an attribute that may be several, with commas between.
func newPaths(attribute any, fold bool) ([]path, error) {
	names, ok := value.AsString(attribute)
	if !ok {
		p, err := newPath(attribute)
		p.fold = fold
		return []path{p}, err
	}
	var paths []path
	for name := range strings.SplitSeq(names, ",") {
		p, err := newPath(name)
		if err != nil {
			return nil, err
		}
		p.fold = fold
		paths = append(paths, p)
	}
	return paths, nil
}

// pathKey is a part of a path: an int where it has digits alone.
func pathKey(part string) (any, error) {
	if part == "" {
		return part, nil
	}
	for _, r := range part {
		if !unicode.Is(unicode.Nd, r) {
			return part, nil
		}
	}
	n, ok := value.ParseInt(part, 10)
	if !ok {
		return nil, fail("ValueError", "a number of %d digits is too long", len(part))
	}
	return n, nil
}

// get is what v has at the path.
func (p path) get(rt *value.Runtime, v any) (any, error) {
	for _, key := range p.keys {
		var err error
		if v, err = value.Item(rt, v, key); err != nil {
			return nil, err
		}
		if _, ok := v.(*value.Undefined); ok && p.otherwise != nil {
			v = p.otherwise
		}
	}
	if p.fold {
		return folded(rt, v)
	}
	return v, nil
}

// folded is v in lower case if it is text.
func folded(rt *value.Runtime, v any) (any, error) {
	s, ok := value.AsString(v)
	if !ok {
		return v, nil
	}
	return lower(rt, s)
}

// normal is n as an int where it fits one.
func normal(n *big.Int) any {
	if n.IsInt64() && n.Int64() == int64(int(n.Int64())) {
		return int(n.Int64())
	}
	return n
}

// attr is the filter attr: an attribute, never an item.
func attr(rt *value.Runtime, args []any) (any, error) {
	name, err := asText(args[1])
	if err != nil {
		return nil, err
	}
	return value.OnlyAttr(rt, args[0], name)
}
