package i18n

import (
	"slices"
	"strconv"
	"strings"
)

// A wish is a language of Accept-Language, as a key of locales, with its quality.
type wish struct {
	language string
	quality  float64
}

// maxWishes bounds what is read of a header.
const maxWishes = 100

// wishes reads Accept-Language. Those of any language come last, and the best first. A quality that is no number leaves its language out.
func wishes(lines []string) []wish {
	var all []wish
	for item := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		language, parameters, _ := strings.Cut(item, ";")
		w := wish{localeKey(strings.TrimSpace(language)), 1}
		if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameters)), "q="); ok {
			quality, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			if err != nil || quality != quality {
				continue
			}
			w.quality = min(max(quality, 0), 1)
		}
		if w.language != "" && len(all) < maxWishes {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b wish) int {
		if (a.language == "*") != (b.language == "*") {
			return strings.Compare(b.language, a.language) // "*" is before all letters
		}
		switch {
		case a.quality > b.quality:
			return -1
		case a.quality < b.quality:
			return 1
		}
		return 0
	})
	return all
}

// bestLanguage returns the offer that is liked best, "" for none: as it is named, else by the language that a wish is a kind of, else by the
// language that an offer is a kind of.
func bestLanguage(lines, offers []string) string {
	liked := wishes(lines)
	wider := make([]wish, len(liked))
	for i, w := range liked {
		wider[i] = wish{language(w.language), w.quality}
	}
	same := func(key string) string { return key }
	for _, try := range []struct {
		liked []wish
		name  func(key string) string
	}{{liked, same}, {wider, same}, {liked, language}} {
		if best := bestOffer(try.liked, offers, try.name); best != "" {
			return best
		}
	}
	return ""
}

// language returns the language of a locale: pt of pt_br.
func language(key string) string {
	language, _, _ := strings.Cut(key, "_")
	return language
}

// bestOffer returns the offer of the highest quality, the first of those; one that is named goes before one that is any language.
func bestOffer(liked []wish, offers []string, name func(key string) string) string {
	best, found := "", wish{"*", 0}
	for _, offer := range offers {
		key := name(localeKey(offer))
		i := slices.IndexFunc(liked, func(w wish) bool { return w.language == key || w.language == "*" })
		if i < 0 || liked[i].quality <= 0 {
			continue
		}
		w := liked[i]
		if w.quality > found.quality || w.quality == found.quality && found.language == "*" && w.language != "*" {
			best, found = offer, w
		}
	}
	return best
}
