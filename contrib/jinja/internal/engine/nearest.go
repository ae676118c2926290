package engine

import (
	"sort"
	"strings"
)

// nearest returns the name that is most like name, or "" if none is like it.
func nearest(name string, names []string) string {
	best, least := "", 1+len(name)/3
	sort.Strings(names)
	for _, n := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(n), least); d < least || d == least && best == "" {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters must be changed, put in, left out or swapped with their neighbour to make b of a; beyond limit any number above it.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(a)+1)%3][len(b)]
}

// names returns the keys of a map in order.
func names[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for name := range m {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
