package filters

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What an address begins and ends with. None of these is tried on text that may be long.
var (
	secureOrNot = regexp.MustCompile(`(?i)^https?://`)
	worldWide   = regexp.MustCompile(`(?i)^www\.`)
	oldDomain   = regexp.MustCompile(`(?i)^(?:com|net|int|edu|gov|org|info|mil)$`)
	letters     = regexp.MustCompile(`(?i)^[a-z]+$`)
	ipv6        = regexp.MustCompile(`(?i)^\[(?:[\p{Nd}a-f]{0,4}:){2}(?:[\p{Nd}a-f]{0,4}:?){1,6}\]$`)
)

// isWebAddress tells whether s is an address for urlize: any host behind http://, https:// or www., or a host of the oldest domains.
func isWebAddress(s string) bool {
	if scheme := secureOrNot.FindString(s); scheme != "" {
		host, rest := cutHost(s[len(scheme):])
		if isHost(host) || isIPv4(host) {
			return isBehindHost(rest)
		}
		if end := strings.IndexByte(rest, ']') + 1; host == "" && 0 < end && end < 64 && ipv6.MatchString(rest[:end]) {
			return isBehindHost(rest[end:])
		}
		return false
	}
	host, rest := cutHost(s)
	if www := worldWide.FindString(host); www != "" && isHost(host[len(www):]) {
		return isBehindHost(rest)
	}
	return isOldHost(host) && isBehindHost(rest)
}

// cutHost cuts s behind what a host name may have in it.
func cutHost(s string) (host, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool { return !isWord(r) && !strings.ContainsRune("%-.", r) })
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}

// isHost tells names with a top-level domain last, or one alone.
func isHost(host string) bool {
	at := strings.LastIndexByte(host, '.')
	if at >= 0 && (at == 0 || host[0] == '.' || strings.Contains(host, "..")) {
		return false
	}
	return isTopLevel(host[at+1:])
}

// isTopLevel tells two letters or more, and what stands for those of other scripts behind xn--.
func isTopLevel(name string) bool {
	if n := utf8.RuneCountInString(name); n < 2 || n > 63 {
		return false
	}
	if len(name) > 4 && strings.EqualFold(name[:4], "xn--") {
		n := utf8.RuneCountInString(name[4:])
		return n >= 2 && n <= 59 && !strings.ContainsAny(name[4:], "-.")
	}
	return letters.MatchString(name)
}

// isOldHost tells names below a domain such as com, each of 2 to 63 characters.
func isOldHost(host string) bool {
	at := strings.LastIndexByte(host, '.')
	if at < 0 || len(host)-at > 8 || !oldDomain.MatchString(host[at+1:]) {
		return false
	}
	for label := range strings.SplitSeq(host[:at], ".") {
		if n := utf8.RuneCountInString(label); n < 2 || n > 63 {
			return false
		}
	}
	return true
}

// isIPv4 tells four numbers of one to three digits.
func isIPv4(host string) bool {
	if strings.Count(host, ".") != 3 {
		return false
	}
	for number := range strings.SplitSeq(host, ".") {
		if n := countDigits(number); n < 1 || n > 3 || len(strings.TrimFunc(number, isDigit)) > 0 {
			return false
		}
	}
	return true
}

func countDigits(s string) int {
	return utf8.RuneCountInString(s) - utf8.RuneCountInString(strings.TrimLeftFunc(s, isDigit))
}

// isBehindHost tells a port, if there is one, and then a path, a query or a fragment, if there is one.
func isBehindHost(s string) bool {
	if strings.HasPrefix(s, ":") {
		n := countDigits(s[1:])
		if n < 1 || n > 5 {
			return false
		}
		s = strings.TrimLeftFunc(s[1:], isDigit)
	}
	return s == "" || strings.IndexByte("/?#", s[0]) >= 0
}

// isMailAddress tells a name, an @ and a host with a dot in it.
func isMailAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 {
		return false
	}
	host := s[at+1:]
	dot := strings.LastIndexByte(host, '.')
	if dot < 1 || dot == len(host)-1 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(host)
	return isWord(first) && !strings.ContainsFunc(host[:dot], func(r rune) bool { return !isWord(r) && r != '.' && r != '-' }) &&
		!strings.ContainsFunc(host[dot+1:], func(r rune) bool { return !isWord(r) })
}

// isScheme tells what extra_schemes takes: a name of two characters or more, a colon, and up to two slashes.
func isScheme(s string) bool {
	name, slashes, found := strings.Cut(s, ":")
	return found && utf8.RuneCountInString(name) >= 2 && (slashes == "" || slashes == "/" || slashes == "//") &&
		!strings.ContainsFunc(name, func(r rune) bool { return !isWord(r) && !strings.ContainsRune(".+-", r) })
}
