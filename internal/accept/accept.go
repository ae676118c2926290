// Package accept chooses among media types by an Accept header, RFC 9110 section 12.5.1.
package accept

import (
	"slices"
	"strconv"
	"strings"
)

// Best returns the offer that the lines of an Accept header like best, the first of several that are liked equally,
// and "" when they want none. Without a line it is the first offer.
func Best(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	best, bestQuality := "", 0.0
	for _, offer := range offers {
		if q := quality(lines, offer); q > bestQuality {
			best, bestQuality = offer, q
		}
	}
	return best
}

// quality returns how much an Accept header likes a media type: the q of its most specific matching range.
func quality(accept []string, offer string) float64 {
	kind, _, _ := strings.Cut(offer, "/")
	q, specific := 0.0, -1
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		mediaRange, params, _ := strings.Cut(part, ";")
		mediaRange = strings.ToLower(strings.TrimSpace(mediaRange))
		rank := slices.Index([]string{"*/*", kind + "/*", offer}, mediaRange)
		if rank > specific {
			q, specific = qualityParam(params), rank
		}
	}
	return q
}

func qualityParam(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}
