// Package nearest finds the known name that a misspelt one was meant to be. dewar has the same in its own internal/suggest, which a module
// with versions of its own cannot build on.
package nearest

import (
	"path"
	"strings"
)

// Name returns the candidate closest to name, or "" when none is close enough to be a typing mistake: more than a third of the letters,
// rounded, would have to change, where one is few enough unless it is the only letter. Neither case counts nor an extension that both
// have. Of equally close candidates the first one is returned. Names of more than 100 bytes are near to none.
func Name(name string, candidates []string) string {
	if len(name) > 100 {
		return ""
	}
	best, bestDistance := "", len(name)+1
	for _, candidate := range candidates {
		if candidate == name {
			continue
		}
		limit := min(bestDistance, max(1, (len(stem(name, candidate))+1)/3)+1, len(name))
		if d := distance(strings.ToLower(name), strings.ToLower(candidate), limit); d < limit {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// stem returns name without the extension that candidate has too.
func stem(name, candidate string) string {
	if ext := path.Ext(name); ext != "" && path.Ext(candidate) == ext {
		return strings.TrimSuffix(name, ext)
	}
	return name
}

// DidYouMean returns "; did you mean \"x\"?" for the nearest candidate, or "".
func DidYouMean(name string, candidates []string) string {
	if near := Name(name, candidates); near != "" {
		return `; did you mean "` + near + `"?`
	}
	return ""
}

// distance is the number of letters to insert, delete, change or swap with their neighbour to turn a into b,
// or limit when it is at least that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(old[j+1]+1, row[j]+1, old[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old, row = old, row, older
	}
	return min(old[len(b)], limit)
}
