package rule

// nearest returns the candidate that name was most likely meant to be, "" if none is close.
func nearest(name string, candidates []string) string {
	best, bound := "", 1+len(name)/3
	for _, c := range candidates {
		if d := distance(name, c); d <= bound && d < max(len(name), len(c)) {
			best, bound = c, d-1
		}
	}
	return best
}

// distance returns how many letters must be added, dropped, changed or swapped with their neighbour to make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
