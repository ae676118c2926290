// Package hostname reads what stands for hosts and networks in requests and settings.
package hostname

import (
	"net/netip"
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
		b := name[i]
		if !('a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '.' || b == '-' || b == '_') {
			return false
		}
	}
	return true
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

// Normal returns host as patterns are compared with it: in lower case and without a dot at its end, and the port
// by itself unless it is the one that the scheme, http or https, has anyway.
func Normal(host, scheme string) (name, port string) {
	host = strings.ToLower(host)
	name, _ = Split(host)
	port = strings.TrimPrefix(host[len(name):], ":")
	if port == "80" && scheme == "http" || port == "443" && scheme == "https" {
		port = ""
	}
	return strings.TrimSuffix(name, "."), port
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
