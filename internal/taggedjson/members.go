package taggedjson

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Member is one member of an object, its value still encoded.
type Member struct {
	// Key is the name, unescaped.
	Key string
	// Raw is the value's JSON without white space around it.
	Raw string
}

// members splits the object in data and appends its members to dst, in their order. It checks the
// whole text, as Python writes it if asked to, but decodes nothing; check, if it is not nil, is called for the values that may hold a tag. Of several
// members with one key only the last is kept. What is no object is an error, and then dst is returned as it came.
//
// Keys and values are parts of data.
func members(data string, dst []Member, python bool, check func(raw string) error) ([]Member, error) {
	s := scanner{data: data, python: python}
	s.space()
	if s.peek() != '{' {
		return dst, s.fail("an object is missing")
	}
	found := dst
	if found == nil {
		found = make([]Member, 0, 8)
	}
	sorted := true
	for more := s.begin('}'); more; {
		t, err := s.key()
		if err != nil {
			return dst, err
		}
		start, key := s.pos, s.string(t)
		s.tagLike = false
		if err := s.skip(1); err != nil {
			return dst, err
		}
		raw := s.data[start:s.pos]
		if s.tagLike && check != nil {
			if err := check(raw); err != nil {
				return dst, under(err, keyStep(key))
			}
		}
		sorted = sorted && (len(found) == len(dst) || found[len(found)-1].Key < key)
		found = append(found, Member{Key: key, Raw: raw})
		if more, err = s.next('}'); err != nil {
			return dst, err
		}
	}
	if err := s.end(); err != nil {
		return dst, err
	}
	if !sorted {
		return append(found[:len(dst)], lastOfEach(found[len(dst):])...), nil
	}
	return found, nil
}

// lastOfEach removes, in place, each member that one with the same key follows.
func lastOfEach(members []Member) []Member {
	last := make(map[string]int, len(members))
	for i, m := range members {
		last[m.Key] = i
	}
	kept := members[:0]
	for i, m := range members {
		if last[m.Key] == i {
			kept = append(kept, m)
		}
	}
	return kept
}

// appendObject appends the object with the given members, sorted by key. Keys must be valid UTF-8 and
// differ, and each Raw must be canonical JSON: what [Codec.AppendMember] wrote. The members stay in
// their order.
func appendObject(dst []byte, members []Member) []byte {
	byKey := func(a, b Member) int { return strings.Compare(a.Key, b.Key) }
	if !slices.IsSortedFunc(members, byKey) {
		members = slices.SortedFunc(slices.Values(members), byKey)
	}
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, m.Key)
		dst = append(dst, ':')
		dst = append(dst, m.Raw...)
	}
	return append(dst, '}')
}

// Split splits a whole tagged document into its members and appends them to dst. It checks all of it. Of several members
// with one key only the last is kept, and on an error dst is returned as it came. An object that Flask escaped because
// its only key looks like a tag is unescaped, and one that is a tag, hence no object, is an error. A value with a tag in
// it is decoded once, so that every Raw is one that Decode takes.
func (c *Codec) Split(data string, dst []Member) ([]Member, error) {
	found, ok := plainMembers(data, dst)
	if !ok {
		var err error
		if found, err = members(data, dst, c.types.Python, c.check); err != nil {
			return dst, err
		}
	}
	if len(found) != len(dst)+1 || !c.isTag(found[len(dst)].Key) {
		return found, nil
	}
	only := found[len(dst)]
	if only.Key != tagDict {
		return dst, &Error{Reason: "the document is a tagged value, not an object"}
	}
	found, err := members(only.Raw, dst, c.types.Python, c.check)
	if err != nil {
		return dst, err
	}
	if len(found) != len(dst)+1 {
		return dst, badEscape()
	}
	key, ok := c.unescapeKey(found[len(dst)].Key)
	if !ok {
		return dst, badEscape()
	}
	found[len(dst)].Key = key
	return found, nil
}

// Check returns an error unless key and raw are a member as Split returns it: a value that Decode takes, under a key
// that is UTF-8.
func (c *Codec) Check(key, raw string) error {
	if !utf8.ValidString(key) {
		return badUTF8()
	}
	s := scanner{data: raw, python: c.types.Python}
	if err := s.skip(1); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	if s.tagLike {
		return c.check(raw)
	}
	return nil
}

// check returns the error of decoding raw.
func (c *Codec) check(raw string) error {
	_, err := c.Decode(raw)
	return err
}

// Join appends the document with the given members, sorted by key, to dst: the reverse of [Codec.Split]. Keys must be
// valid UTF-8 and differ, and each Raw must be what [Codec.AppendMember] wrote.
func (c *Codec) Join(dst []byte, members []Member) []byte {
	if len(members) != 1 || !c.isTag(members[0].Key) {
		return appendObject(dst, members)
	}
	dst = append(dst, `{" di":`...)
	dst = appendObject(dst, []Member{{Key: members[0].Key + "__", Raw: members[0].Raw}})
	return append(dst, '}')
}
