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
	if near := suggest.Within(slips(base), base, names); near != "" {
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
		s.once(key, func() string { return "config key " + key + " was read but is not set" + s.Cure(key) })
	}
}

// Unfit hears that a getter could not convert the value of key.
func (s *Snapshot) Unfit(key string, err error) {
	s.once(key, func() string {
		what, _ := s.Describe(key)
		return fmt.Sprintf("%s: %v, so the getter returned its zero value; ask with dewar.Require or dewar.Must for an error", what, err)
	})
}

// once tells what text returns, which costs nothing where nobody hears of it. No lock is held: who listens may read the
// configuration.
func (s *Snapshot) once(key string, text func() string) {
	if s.notes == nil || s.entry("DEBUG").value != true {
		return
	}
	if tell := s.notes.teller(key); tell != nil {
		tell(text())
	}
}

// teller returns where to tell of key, or nil if that has been done.
func (n *notes) teller(key string) func(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.tell == nil || n.told[key] {
		return nil
	}
	if n.told == nil {
		n.told = map[string]bool{}
	}
	n.told[key] = true
	return n.tell
}

// Cure says, behind the words that key has no value, what to do about it.
func (s *Snapshot) Cure(key string) string {
	if text := s.LeftOut(key); text != "" {
		return "; " + text
	}
	if e := s.entry(key); e.there() {
		return "; set it, for example in the environment as FLASK_" + key
	}
	if near := suggest.Within(slips(key), key, s.sortedKeys()); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; set it, or give it a default with app.Config.Declare"
}

// slips is how many letters of name may be wrong for it to be taken for another one: SENDER_NAME is no SERVER_NAME.
func slips(name string) int {
	if len(name) >= 12 {
		return 2
	}
	return 1
}
