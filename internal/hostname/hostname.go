// Package hostname reads what stands for hosts and networks in requests and settings.
package hostname

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Valid reports whether host is a name or an address with at most one port. Letters, digits, dots,
// dashes and underscores make a name; one dot at its end is allowed.
func Valid(host string) bool {
	name, ok := Split(host)
	if !ok || name == "" || len(name) > 253 {
		return false
	}
	if name[0] == '[' {
		addr, err := netip.ParseAddr(name[1 : len(name)-1])
		return err == nil && addr.Is6() && addr.Zone() == ""
	}
	if name[0] == '.' || name[0] == '-' || strings.Contains(name, "..") {
		return false
	}
	for i := 0; i < len(name); i++ {
		if !nameByte(name[i]) {
			return false
		}
	}
	return true
}

func nameByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '.' || b == '-' || b == '_'
}

// Split takes the port off host; ok is false when what stands there is none.
func Split(host string) (name string, ok bool) {
	end := strings.LastIndexByte(host, ':')
	if strings.HasPrefix(host, "[") {
		bracket := strings.LastIndexByte(host, ']')
		if bracket < 0 {
			return "", false
		}
		if bracket == len(host)-1 {
			return host, true
		}
		if end != bracket+1 {
			return "", false
		}
	}
	if end < 0 {
		return host, true
	}
	port, err := strconv.ParseUint(host[end+1:], 10, 16)
	return host[:end], err == nil && port > 0 && host[end+1] != '+'
}

// HasPort reports whether a host, or a pattern of hosts with variables in braces, ends in a port.
func HasPort(host string) bool {
	last := host[strings.LastIndexByte(host, '}')+1:]
	return strings.Contains(last[strings.LastIndexByte(last, ']')+1:], ":")
}

// Canonical returns a valid host in the one form that equal hosts share: a name in lower case, an address of IPv6 in its
// shortest form, and the port in decimal digits unless it is the one that the scheme, http or https, has anyway. A dot at
// the end of the name stays, as it does in a browser.
func Canonical(host, scheme string) string {
	name, _ := Split(host)
	port := strings.TrimLeft(strings.TrimPrefix(host[len(name):], ":"), "0")
	name = strings.ToLower(name)
	if name != "" && name[0] == '[' {
		if addr, err := netip.ParseAddr(name[1 : len(name)-1]); err == nil {
			name = "[" + addr.String() + "]"
		}
	}
	if port == "" || port == DefaultPort(scheme) {
		return name
	}
	return name + ":" + port
}

// DefaultPort returns the port that a scheme, http or https, has when none is named.
func DefaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// Normal returns host as patterns are compared with it: in its canonical form, without a dot at its end, and with the
// port by itself.
func Normal(host, scheme string) (name, port string) {
	host = Canonical(host, scheme)
	name, _ = Split(host)
	return strings.TrimSuffix(name, "."), strings.TrimPrefix(host[len(name):], ":")
}

// WithoutZone returns host without the zone of an address of IPv6, as in [fe80::1%25eth0]:80: only the machine that
// sends it knows what it means.
func WithoutZone(host string) string {
	zone, end := strings.IndexByte(host, '%'), strings.LastIndexByte(host, ']')
	if zone < 0 || end < zone || host[0] != '[' {
		return host
	}
	name := strings.TrimPrefix(host[zone+1:end], "25")
	for i := range len(name) {
		if !nameByte(name[i]) && name[i] != '~' {
			return host
		}
	}
	if name == "" {
		return host
	}
	return host[:zone] + host[end:]
}

// ParseOrigin reads an origin as browsers send it: scheme, and host in its canonical form. ok is false for what is more
// or less than an origin, such as "null".
func ParseOrigin(text string) (scheme, host string, ok bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || !Valid(u.Host) || u.User != nil || u.Path != "" || strings.ContainsAny(text, "?#") {
		return "", "", false
	}
	return u.Scheme, Canonical(u.Host, u.Scheme), true
}

// A Pattern is one of TRUSTED_HOSTS: a name, or a name with a dot in front that stands for itself and
// everything below.
type Pattern struct {
	name   string
	suffix bool
}

// NewPattern reads one of TRUSTED_HOSTS. Letters are compared without regard to case, and a port does not count.
func NewPattern(s string) Pattern {
	name, _ := Split(strings.ToLower(strings.TrimSuffix(s, ".")))
	if rest, ok := strings.CutPrefix(name, "."); ok {
		return Pattern{rest, true}
	}
	return Pattern{name, false}
}

// Matches reports whether name, in lower case and without a port, is one of p.
func (p Pattern) Matches(name string) bool {
	return name == p.name || p.suffix && strings.HasSuffix(name, "."+p.name)
}

// ParseNetwork reads an address or a network in CIDR form.
func ParseNetwork(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return addr.Unmap().Prefix(addr.Unmap().BitLen())
}
