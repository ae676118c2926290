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

// A list has room for the wishes of most clients.
type list [8]wish

// wishes adds those of the lines of a header to all. One with a quality that is none is passed over, as in Werkzeug.
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

// A nearness says how closely a wish names an offer: 0 is best, -1 is not at all.
type nearness func(offer, wish string) int

// best returns the offer that is liked best: by its quality, then by how closely it is named, then by its place among
// the offers.
func best(all []wish, offers []string, near nearness) string {
	best, bestQuality, closest := "", 0.0, 0
	for _, offer := range offers {
		q, close := like(all, offer, near)
		if q > bestQuality || q == bestQuality && q > 0 && close < closest {
			best, bestQuality, closest = offer, q, close
		}
	}
	return best
}

// like returns how much an offer is liked by the wish that names it most closely, and how closely that is; -1 where none does.
func like(all []wish, offer string, near nearness) (q float64, closest int) {
	closest = -1
	for _, w := range all {
		i := near(offer, w.name)
		if i >= 0 && (closest < 0 || i < closest || i == closest && w.quality > q) {
			q, closest = w.quality, i
		}
	}
	return q, closest
}

// named is the nearness of names that are compared whole, behind usual, which writes one of several spellings.
func named(usual func(name string) string) nearness {
	return func(offer, wish string) int {
		switch wish {
		case usual(offer):
			return 0
		case "*":
			return 1
		}
		return -1
	}
}

// Media returns the media type that the lines of an Accept header like best, the first of several that are liked
// equally, and "" when they want none. Parameters do not count. Without a line it is the first offer.
func Media(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	var room list
	return best(wishes(room[:0], lines), offers, nearMedia)
}

// Names reports whether the lines of an Accept header name a media type itself, and want it.
func Names(lines []string, media string) bool {
	var room list
	return slices.ContainsFunc(wishes(room[:0], lines), func(w wish) bool { return w.name == media && w.quality > 0 })
}

// nearMedia is the nearness of media types: text/html, text/*, */*.
func nearMedia(offer, wish string) int {
	name, _, _ := strings.Cut(offer, ";")
	name = strings.TrimSpace(name)
	kind, _, _ := strings.Cut(name, "/")
	switch wishedKind, ok := strings.CutSuffix(wish, "/*"); {
	case strings.EqualFold(name, wish):
		return 0
	case ok && strings.EqualFold(kind, wishedKind):
		return 1
	case wish == "*/*":
		return 2
	}
	return -1
}

// Language returns the language that the lines of an Accept-Language header like best, by the rules of Werkzeug: as it
// is named; else one that a wish is a kind of, en for en-GB; else one that is a kind of a wish, en-GB for en. Without a
// line it is the first offer.
func Language(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	var room list
	all := wishes(room[:0], lines)
	for i := range all {
		all[i].name = tag(all[i].name)
	}
	wider := slices.Clone(all)
	for i := range wider {
		wider[i].name = primary(wider[i].name)
	}
	exact := named(tag)
	kind := named(func(offer string) string { return primary(tag(offer)) })
	for _, try := range []struct {
		all  []wish
		near nearness
	}{{all, exact}, {wider, exact}, {all, kind}} {
		if offer := best(try.all, offers, try.near); offer != "" {
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
	var room list
	all := wishes(room[:0], lines)
	near := named(func(offer string) string { return strings.TrimPrefix(strings.ToLower(offer), "x-") })
	for i := range all {
		all[i].name = strings.TrimPrefix(all[i].name, "x-")
	}
	if offer := best(all, offers, near); offer != "" {
		return offer
	}
	i := slices.IndexFunc(offers, func(offer string) bool { return strings.EqualFold(offer, "identity") })
	if _, close := like(all, "identity", near); i < 0 || close >= 0 {
		return "" // it is not offered, or refused
	}
	return offers[i]
}

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
	var room list
	all := wishes(room[:0], lines)
	for i := range all {
		all[i].name = charset(all[i].name)
	}
	return best(all, offers, named(charset))
}
