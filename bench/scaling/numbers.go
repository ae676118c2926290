package scaling

import (
	"fmt"
	"math"
)

// Count formats a number as 10, 2.5k, 40M.
func Count(v float64) string { return scaled(v, []string{"", "k", "M", "G", "T"}) }

// Bytes formats a number of bytes as 10 B, 2.5 kB, 40 MB.
func Bytes(v float64) string { return scaled(v, []string{" B", " kB", " MB", " GB", " TB", " PB"}) }

func scaled(v float64, units []string) string {
	unit := 0
	for round(v) >= 1000 && unit < len(units)-1 {
		v, unit = v/1000, unit+1
	}
	return fmt.Sprintf("%.4g%s", round(v), units[unit])
}

// round keeps two digits, three of numbers from a hundred.
func round(v float64) float64 {
	if v <= 0 {
		return v
	}
	p := math.Pow(10, math.Floor(math.Log10(v))-1)
	if v >= 100 {
		p = 1
	}
	for p*1000 <= v {
		p *= 10
	}
	return math.Round(v/p) * p
}
