package escape

// noWord is the hash of an empty word. Words are kept as hashes, since text may end within one and a State is small.
const noWord uint64 = 14695981039346656037

// hashed returns the hash of the word that goes on with c.
func hashed(word uint64, c byte) uint64 { return (word ^ uint64(c)) * 1099511628211 }

// hashOf returns the hash of a word.
func hashOf(word string) uint64 {
	h := noWord
	for i := range len(word) {
		h = hashed(h, word[i])
	}
	return h
}

// lower returns c, small if it is a letter of ASCII.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// hashNames makes a table of words.
func hashNames[T any](names map[string]T) map[uint64]T {
	table := make(map[uint64]T, len(names))
	for name, v := range names {
		table[hashOf(name)] = v
	}
	return table
}

// hashSet makes a set of words.
func hashSet(names ...string) map[uint64]bool {
	set := make(map[uint64]bool, len(names))
	for _, name := range names {
		set[hashOf(name)] = true
	}
	return set
}
