package router

import "strings"

// index keeps entries by the text before their first variable, up to its last slash. Of two rules whose texts both begin
// the path the one with the longer text goes first, as there it has text where the other has a variable.
type index struct {
	entries map[string][]*entry // each in order
	longest int                 // the length of the longest text
}

func newIndex() *index { return &index{entries: map[string][]*entry{}} }

// add adds e, whose rank is above those before.
func (x *index) add(e *entry) {
	text := e.rule.Prefix()
	text = text[:strings.LastIndexByte(text, '/')+1]
	x.entries[text] = append(x.entries[text], e)
	x.longest = max(x.longest, len(text))
}

// find returns the first entry ranked between after and before, both exclusive, that matches.
func (x *index) find(s search, after, before int) (*entry, []any) {
	end := min(len(s.path), x.longest)
	for end > 0 {
		end = strings.LastIndexByte(s.path[:end], '/')
		for _, e := range x.entries[s.path[:end+1]] {
			if e.rank <= after {
				continue
			}
			if e.rank >= before {
				return nil, s.buf
			}
			if values, ok := s.try(e); ok {
				return e, values
			}
		}
	}
	return nil, s.buf
}
