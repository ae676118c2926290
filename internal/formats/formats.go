// Package formats knows the forms of texts that programs ask of their users: addresses, URLs, names of hosts.
package formats

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/suggest"
)

// Lookup returns the function that knows whether a text has the format of this name.
func Lookup(name string) (func(s string) bool, error) {
	switch name {
	case "email":
		return Email, nil
	case "url":
		return URL, nil
	case "uuid":
		return UUID, nil
	case "ip":
		return IP, nil
	case "ipv4":
		return IPv4, nil
	case "ipv6":
		return IPv6, nil
	case "mac":
		return MAC, nil
	case "hostname":
		return Hostname, nil
	}
	known := []string{"email", "url", "uuid", "ip", "ipv4", "ipv6", "mac", "hostname"}
	return nil, fmt.Errorf("which is none of %s%s", strings.Join(known, ", "), suggest.DidYouMean(name, known))
}

// Email reports whether s can be an address of mail: a name, an @ and a domain with a dot. Letters may be of any script. What
// nobody has, such as quotes around the name or a number in brackets as the domain, is none.
func Email(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 || !utf8.ValidString(s) {
		return false
	}
	for atom := range strings.SplitSeq(s[:at], ".") {
		if atom == "" || strings.ContainsFunc(atom, notInName) {
			return false
		}
	}
	return domain(s[at+1:])
}

// notInName reports whether a character does not belong into the name of an address.
func notInName(c rune) bool {
	return !isLabel(c) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~", c)
}

// URL reports whether s is a URL of http or https, of a domain with a dot or of an IP address. One with a name in front of its host, as
// in https://bank.example@evil.example/, is none: who reads it takes that for the host.
func URL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsFunc(s, unicode.IsSpace) {
		return false
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	return u.Host != "" && !strings.HasSuffix(u.Host, ":") && (IP(u.Hostname()) || site(u.Hostname()))
}

// Hostname reports whether s is the name of a host, such as db or www.example.com.
func Hostname(s string) bool {
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notInLabel) || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// domain reports whether s is the name of a host with a dot, whose last part is made of letters, or of Punycode.
func domain(s string) bool {
	last := s[strings.LastIndexByte(s, '.')+1:]
	return len(last) > 1 && len(last) < len(s) && Hostname(s) && (strings.HasPrefix(last, "xn--") || !strings.ContainsFunc(last, notLetter))
}

func notLetter(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) }

// site is domain for the host of a URL, in whose front parts there are underscores, too.
func site(host string) bool {
	last := strings.LastIndexByte(host, '.') + 1
	return domain(strings.ReplaceAll(host[:last], "_", "x") + host[last:])
}

func isLabel(c rune) bool {
	return c == '-' || unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c)
}

func notInLabel(c rune) bool { return !isLabel(c) }

// UUID reports whether s is a UUID of 32 hexadecimal digits in five groups.
func UUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !isHex(s[i]) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// MAC reports whether s is the address of a network card: six pairs of hexadecimal digits between colons.
func MAC(s string) bool {
	if len(s) != 17 {
		return false
	}
	for i := range len(s) {
		if colon := i%3 == 2; colon != (s[i] == ':') || !colon && !isHex(s[i]) {
			return false
		}
	}
	return true
}

// IP reports whether s is an IP address, without a port or a zone.
func IP(s string) bool { return IPv4(s) || IPv6(s) }

// IPv4 reports whether s is an address of version 4.
func IPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}

// IPv6 reports whether s is an address of version 6.
func IPv6(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}
