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

// wishes reads the lines of a header. One with a quality that is none is passed over, as in Werkzeug.
func wishes(lines []string) []wish {
	var all []wish
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

// best returns the offer that is liked best: by its quality, then by how closely it is named, then by its place among
// the offers. names are those of the offers, from what names them most closely to what takes anything.
func best(all []wish, offers []string, names func(offer string) []string) string {
	best, bestQuality, closest := "", 0.0, 0
	for _, offer := range offers {
		q, close := like(all, names(offer))
		if q > bestQuality || q == bestQuality && q > 0 && close < closest {
			best, bestQuality, closest = offer, q, close
		}
	}
	return best
}

// like returns how much something is liked by the wish that names it most closely, and how closely that is: 0 is best.
func like(all []wish, names []string) (q float64, close int) {
	close = len(names)
	for _, w := range all {
		i := slices.Index(names, w.name)
		if i >= 0 && (i < close || i == close && w.quality > q) {
			q, close = w.quality, i
		}
	}
	return q, close
}

// Media returns the media type that the lines of an Accept header like best, the first of several that are liked
// equally, and "" when they want none. Parameters do not count. Without a line it is the first offer.
func Media(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	return best(wishes(lines), offers, func(offer string) []string {
		name, _, _ := strings.Cut(strings.ToLower(offer), ";")
		name = strings.TrimSpace(name)
		kind, _, _ := strings.Cut(name, "/")
		return []string{name, kind + "/*", "*/*"}
	})
}

// Language returns the language that the lines of an Accept-Language header like best, by the rules of Werkzeug: as it
// is named; else one that a wish is a kind of, en for en-GB; else one that is a kind of a wish, en-GB for en. Without a
// line it is the first offer.
func Language(lines, offers []string) string {
	if len(lines) == 0 && len(offers) > 0 {
		return offers[0]
	}
	all := wishes(lines)
	for i := range all {
		all[i].name = tag(all[i].name)
	}
	wider := slices.Clone(all)
	for i := range wider {
		wider[i].name = primary(wider[i].name)
	}
	exact := func(offer string) []string { return []string{tag(offer), "*"} }
	kind := func(offer string) []string { return []string{primary(tag(offer)), "*"} }
	for _, try := range []struct {
		all   []wish
		names func(offer string) []string
	}{{all, exact}, {wider, exact}, {all, kind}} {
		if offer := best(try.all, offers, try.names); offer != "" {
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
	all := wishes(lines)
	names := func(offer string) []string { return []string{strings.TrimPrefix(strings.ToLower(offer), "x-"), "*"} }
	for i := range all {
		all[i].name = strings.TrimPrefix(all[i].name, "x-")
	}
	if offer := best(all, offers, names); offer != "" {
		return offer
	}
	i := slices.IndexFunc(offers, func(offer string) bool { return strings.EqualFold(offer, "identity") })
	if _, close := like(all, names("identity")); i < 0 || close < 2 {
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
	all := wishes(lines)
	for i := range all {
		all[i].name = charset(all[i].name)
	}
	return best(all, offers, func(offer string) []string { return []string{charset(offer), "*"} })
}
