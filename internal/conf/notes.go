package conf

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-go/dewar/internal/suggest"
)

// A notes keeps what is odd about the way a configuration came about and is used, though it is taken as it is: keys that a
// loader left out, optional files that are not there, keys that are read in vain. They are about all states of it.
type notes struct {
	mu      sync.Mutex
	leftOut map[string]string // the names and sources of keys that were not upper-case, by what they are in upper case
	absent  []string          // optional files with a neighbour of nearly the same name
	told    map[string]bool   // keys that were read in vain
	tell    func(text string) // nil to keep silent
}

// leaveOut remembers that a key was not taken.
func (n *notes) leaveOut(key, source string) {
	if name := strings.ToUpper(key); upper(name) && key != fileKey {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.leftOut == nil {
			n.leftOut = map[string]string{}
		}
		n.leftOut[name] = key + " from " + source
	}
}

// missing remembers an optional file that is not there, if its name looks like a slip.
func (n *notes) missing(name, path string) {
	entries, _ := os.ReadDir(filepath.Dir(path))
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	base := filepath.Base(path)
	limit := 1
	if len(base) >= 10 {
		limit = 2
	}
	if near := suggest.Within(limit, base, names); near != "" {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.absent = append(n.absent, fmt.Sprintf("the optional file %s is not there; did you mean %s?", name, near))
	}
}

// LeftOut says that a key was left out because of its case, and how to write it, or "".
func (s *Snapshot) LeftOut(key string) string {
	if s.notes == nil {
		return ""
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	if given := s.notes.leftOut[key]; given != "" {
		return fmt.Sprintf("%s was left out, because keys are upper-case: write %s", given, key)
	}
	return ""
}

// Notes says, for Build, what is odd about the loads: known keys in lower case that nothing else has set, and optional
// files with nearly the name of another.
func (c *Store) Notes() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := slices.Clone(c.notes.absent)
	for _, key := range slices.Sorted(maps.Keys(c.notes.leftOut)) {
		if e := c.current.entry(key); e.spec != nil && e.source == defaultSource {
			texts = append(texts, "config key "+c.current.LeftOut(key))
		}
	}
	return texts
}

// Tell sets where it is said, in DEBUG and once for each key, that a key is read in vain.
func (c *Store) Tell(tell func(text string)) {
	c.notes.mu.Lock()
	defer c.notes.mu.Unlock()
	c.notes.tell = tell
}

// Missed hears that a getter found no value for key.
func (s *Snapshot) Missed(key string) {
	if e := s.entry(key); !e.there() {
		s.once(key, "config key "+key+" was read but is not set"+s.Cure(key))
	}
}

// Unfit hears that a getter could not convert the value of key.
func (s *Snapshot) Unfit(key string, err error) {
	what, _ := s.Describe(key)
	s.once(key, fmt.Sprintf("%s: %v, so the getter returned its zero value; ask with dewar.Require or dewar.Must for an error", what, err))
}

func (s *Snapshot) once(key, text string) {
	if s.notes == nil || s.entry("DEBUG").value != true {
		return
	}
	s.notes.mu.Lock()
	defer s.notes.mu.Unlock()
	if s.notes.tell == nil || s.notes.told[key] {
		return
	}
	if s.notes.told == nil {
		s.notes.told = map[string]bool{}
	}
	s.notes.told[key] = true
	s.notes.tell(text)
}

// Cure says, behind the words that key has no value, what to do about it.
func (s *Snapshot) Cure(key string) string {
	if text := s.LeftOut(key); text != "" {
		return "; " + text
	}
	if e := s.entry(key); e.there() {
		return "; set it, for example in the environment as FLASK_" + key
	}
	if near := suggest.Nearest(key, s.sortedKeys()); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; set it, or give it a default with app.Config.Declare"
}
