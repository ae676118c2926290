package machine

import (
	"net/netip"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// address is an address or a network of the module ipaddress.
type address struct {
	addr    netip.Addr
	network netip.Prefix
}

// String returns the usual form.
func (a address) String() string {
	if a.network.IsValid() {
		return a.network.String()
	}
	return a.addr.String()
}

// Type returns the name of the type.
func (a address) Type() string {
	if a.network.IsValid() {
		return "network"
	}
	return "address"
}

// Freeze does nothing: an address does not change.
func (a address) Freeze() {}

// Truth is always true.
func (a address) Truth() starlark.Bool { return true }

// Hash makes an address fit for a key.
func (a address) Hash() (uint32, error) { return starlark.String(a.String()).Hash() }

// AttrNames returns nothing: the names are not listed to files.
func (a address) AttrNames() []string { return nil }

// Attr returns an attribute.
func (a address) Attr(name string) (starlark.Value, error) {
	addr, bits := a.addr, 0
	if a.network.IsValid() {
		addr, bits = a.network.Addr(), a.network.Bits()
	}
	switch {
	case name == "version" && addr.Is4():
		return starlark.MakeInt(4), nil
	case name == "version":
		return starlark.MakeInt(6), nil
	case name == "prefixlen" && a.network.IsValid():
		return starlark.MakeInt(bits), nil
	case name == "network_address" && a.network.IsValid():
		return address{addr: addr}, nil
	case name == "compressed":
		return starlark.String(a.String()), nil
	case name == "is_loopback" && !a.network.IsValid():
		return starlark.Bool(addr.IsLoopback()), nil
	}
	return nil, fault.New("%s of an %s is not available; write the value", name, a.Type())
}

// ipaddress is the module ipaddress.
func (m *Machine) ipaddress() *module {
	addr := func(version int) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			s, err := m.addressText(args, kwargs, nil)
			if err != nil {
				return nil, err
			}
			a, err := netip.ParseAddr(s)
			if err != nil || version == 4 && !a.Is4() || version == 6 && !a.Is6() {
				return nil, fault.Raise("AddressValueError", "the text is no address; check where it comes from")
			}
			if a.Is4In6() || a.Zone() != "" {
				return nil, fault.New("this form of an address is not available; write the plain one")
			}
			return address{addr: a}, nil
		}
	}
	network := func(version int) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			strict := true
			s, err := m.addressText(args, kwargs, &strict)
			if err != nil {
				return nil, err
			}
			return newNetwork(s, version, strict)
		}
	}
	i := newModuleOf("ipaddress", map[string]native{
		"ip_address": addr(0), "IPv4Address": addr(4), "IPv6Address": addr(6),
		"ip_network": network(0), "IPv4Network": network(4), "IPv6Network": network(6),
	})
	i.attrs["AddressValueError"], i.attrs["NetmaskValueError"] = m.exceptions["AddressValueError"], m.exceptions["NetmaskValueError"]
	return i
}

func (m *Machine) addressText(args starlark.Tuple, kwargs []starlark.Tuple, strict *bool) (string, error) {
	var v starlark.Value
	pairs := []any{"address", &v}
	if strict != nil {
		pairs = append(pairs, "strict?", strict)
	}
	if err := unpack("ipaddress", args, kwargs, pairs...); err != nil {
		return "", err
	}
	s, ok := v.(starlark.String)
	if !ok {
		return "", fault.New("an address must be text, not %s%s", typeName(v), noneHint(v))
	}
	return string(s), m.charge(len(s))
}

func newNetwork(s string, version int, strict bool) (starlark.Value, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		a, failed := netip.ParseAddr(s)
		if failed != nil {
			return nil, fault.New("the text is no network in the form 10.0.0.0/8; write it so")
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	if p.Addr().Is4In6() || p.Addr().Zone() != "" {
		return nil, fault.New("this form of an address is not available; write the plain one")
	}
	if version == 4 && !p.Addr().Is4() || version == 6 && !p.Addr().Is6() || strict && p.Masked() != p {
		return nil, fault.Raise("ValueError", "the text is no network: it has bits beside its prefix, or another version")
	}
	return address{network: p.Masked()}, nil
}
