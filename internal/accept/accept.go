// Package accept chooses among what a server offers by what a client likes: the headers Accept, Accept-Language,
// Accept-Encoding and Accept-Charset, RFC 9110 section 12.5.
package accept

import (
	"slices"
	"strconv"
	"strings"
)

// A wish is an element of such a header in lower case, and how much it is liked.
type wish struct {
	name    string
	quality float64
}

// wishes adds what the lines of a header say to all. One with a quality that is none is passed over, as in Werkzeug.
func wishes(all []wish, lines []string) []wish {
	for element := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		name, params, _ := strings.Cut(element, ";")
		q, ok := quality(params)
		if name = strings.ToLower(strings.TrimSpace(name)); ok && name != "" {
			all = append(all, wish{name, q})
		}
	}
	return all
}

// quality returns the q of an element's parameters, 1 without one.
func quality(params string) (q float64, ok bool) {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return q, err == nil && q >= 0 && q <= 1
		}
	}
	return 1, true
}

// A rank is how closely a wish names an offer: 0 is best, and notAtAll is none.
type rank func(offer, wish string) int

const notAtAll = 9

// best returns the offer that is liked best: by its quality, then by how closely it is named, then by its place among
// the offers.
func best(all []wish, offers []string, of rank) string {
	best, bestQuality, closest := "", 0.0, notAtAll
	for _, offer := range offers {
		q, close := like(all, offer, of)
		if q > bestQuality || q == bestQuality && q > 0 && close < closest {
			best, bestQuality, closest = offer, q, close
		}
	}
	return best
}

// like returns how much an offer is liked by the wish that names it most closely, and how closely that is.
func like(all []wish, offer string, of rank) (q float64, close int) {
	close = notAtAll
	for _, w := range all {
		i := of(offer, w.name)
		if i < close || i == close && i < notAtAll && w.quality > q {
			q, close = w.quality, i
		}
	}
	return q, close
}

// named is the rank where a wish is a name or *. usual writes both as they are compared.
func named(usual func(name string) string) rank {
	return func(offer, wish string) int {
		switch wish {
		case usual(offer):
			return 0
		case "*":
			return 1
		}
		return notAtAll
	}
}

// Media returns the media type that the lines of an Accept header like best, the first of several that are liked
// equally, and "" when they want none. Parameters do not count. Without a line it is the first offer.
func Media(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	var few [16]wish // error pages are negotiated too, and allocate as little as they can
	return best(wishes(few[:0], lines), offers, mediaRank)
}

func mediaRank(offer, wish string) int {
	name, _, _ := strings.Cut(offer, ";")
	name = strings.TrimSpace(name)
	kind, _, _ := strings.Cut(name, "/")
	wished, ranged := strings.CutSuffix(wish, "/*")
	switch {
	case strings.EqualFold(name, wish):
		return 0
	case ranged && strings.EqualFold(kind, wished):
		return 1
	case wish == "*/*":
		return 2
	}
	return notAtAll
}

// Language returns the language that the lines of an Accept-Language header like best, by the rules of Werkzeug: as it
// is named; else one that a wish is a kind of, en for en-GB; else one that is a kind of a wish, en-GB for en. Without a
// line it is the first offer.
func Language(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	all := wishes(nil, lines)
	for i := range all {
		all[i].name = tag(all[i].name)
	}
	wider := slices.Clone(all)
	for i := range wider {
		wider[i].name = primary(wider[i].name)
	}
	exact, kind := named(tag), named(func(name string) string { return primary(tag(name)) })
	for _, try := range []struct {
		all []wish
		of  rank
	}{{all, exact}, {wider, exact}, {all, kind}} {
		if offer := best(try.all, offers, try.of); offer != "" {
			return offer
		}
	}
	return ""
}

// tag writes a language as it is compared: en-gb for en_GB.
func tag(language string) string { return strings.ReplaceAll(strings.ToLower(language), "_", "-") }

// primary returns the language of a tag without its region.
func primary(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	return language
}

// Encoding returns the content coding that the lines of an Accept-Encoding header like best. identity, which is no
// coding, is wanted least but taken by everybody who does not refuse it; without a line nothing else is.
func Encoding(lines, offers []string) string {
	all := wishes(nil, lines)
	for i := range all {
		all[i].name = coding(all[i].name)
	}
	if offer := best(all, offers, named(coding)); offer != "" {
		return offer
	}
	i := slices.IndexFunc(offers, func(offer string) bool { return strings.EqualFold(offer, "identity") })
	if _, close := like(all, "identity", named(coding)); i < 0 || close < notAtAll {
		return "" // it is not offered, or refused
	}
	return offers[i]
}

// coding writes a content coding as it is compared: gzip for x-gzip.
func coding(name string) string { return strings.TrimPrefix(strings.ToLower(name), "x-") }

// charsets are other names of charsets.
var charsets = map[string]string{"utf8": "utf-8", "latin1": "iso-8859-1", "latin-1": "iso-8859-1", "iso8859-1": "iso-8859-1", "ascii": "us-ascii"}

// charset returns the usual name of a charset.
func charset(name string) string {
	name = strings.ToLower(name)
	if usual := charsets[name]; usual != "" {
		return usual
	}
	return name
}

// Charset returns the charset that the lines of an Accept-Charset header like best, the first offer without a line.
func Charset(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	all := wishes(nil, lines)
	for i := range all {
		all[i].name = charset(all[i].name)
	}
	return best(all, offers, named(charset))
}
