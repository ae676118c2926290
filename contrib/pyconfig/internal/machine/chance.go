package machine

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// maxChance bounds the bytes that are drawn at once.
const maxChance = 4096

// draw returns n bytes of chance, and notes that chance had a part in the value at hand.
func (m *Machine) draw(n int) ([]byte, error) {
	if n < 0 || n > maxChance {
		return nil, fault.New("more than %d bytes of chance are asked for", maxChance)
	}
	m.drawn = true
	b := make([]byte, n)
	rand.Read(b)
	return b, m.charge(n)
}

// urandom implements os.urandom(n).
func (m *Machine) urandom(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var n int
	if err := unpack("os.urandom", args, kwargs, "size", &n); err != nil {
		return nil, err
	}
	b, err := m.draw(n)
	return starlark.Bytes(b), err
}

// secrets is the module secrets.
func (m *Machine) secrets() *module {
	token := func(name string, write func([]byte) starlark.Value) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var size starlark.Value = starlark.None
			if err := unpack(name, args, kwargs, "nbytes?", &size); err != nil {
				return nil, err
			}
			n := 32
			if size != starlark.None {
				var err error
				if n, err = starlark.AsInt32(size); err != nil {
					return nil, fault.Raise("TypeError", "%s() needs a whole number", name)
				}
			}
			b, err := m.draw(n)
			return write(b), err
		}
	}
	return newModuleOf("secrets", map[string]native{
		"token_bytes":   token("token_bytes", func(b []byte) starlark.Value { return starlark.Bytes(b) }),
		"token_hex":     token("token_hex", func(b []byte) starlark.Value { return starlark.String(hex.EncodeToString(b)) }),
		"token_urlsafe": token("token_urlsafe", func(b []byte) starlark.Value { return starlark.String(base64.RawURLEncoding.EncodeToString(b)) }),
		"choice":        m.chooseOne,
		"randbelow": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var n int
			if err := unpack("randbelow", args, kwargs, "n", &n); err != nil {
				return nil, err
			}
			return m.below(int64(n))
		},
	})
}

// below draws a whole number from 0 up to and without n.
func (m *Machine) below(n int64) (starlark.Value, error) {
	if n <= 0 {
		return nil, fault.Raise("ValueError", "there is nothing to choose from")
	}
	m.drawn = true
	i, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		return nil, fault.New("no chance can be drawn")
	}
	return starlark.MakeInt64(i.Int64()), m.charge(16)
}

// chooseOne implements choice(list).
func (m *Machine) chooseOne(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("choice", args, kwargs)
	if err != nil {
		return nil, err
	}
	elems, err := m.elements(v)
	if err != nil {
		return nil, err
	}
	i, err := m.below(int64(len(elems)))
	if err != nil {
		return nil, err
	}
	n, err := starlark.AsInt32(i)
	return elems[n], err
}

// random is the module random, without a seed.
func (m *Machine) random() *module {
	r := newModuleOf("random", map[string]native{
		"choice": m.chooseOne,
		"randint": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var low, high int
			if err := unpack("randint", args, kwargs, "a", &low, "b", &high); err != nil {
				return nil, err
			}
			n, err := m.below(int64(high) - int64(low) + 1)
			if err != nil {
				return nil, err
			}
			return m.binary("+", n, starlark.MakeInt(low))
		},
		"random": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			n, err := m.below(1 << 53)
			if err != nil {
				return nil, err
			}
			return m.binary("/", n, starlark.MakeInt64(1<<53))
		},
	})
	r.attrs["SystemRandom"] = simple("SystemRandom", func() starlark.Value { return r })
	return r
}

// uniqueID is a uuid.UUID.
type uniqueID [16]byte

// String returns the usual form.
func (u uniqueID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// Type returns the name of the type.
func (uniqueID) Type() string { return "UUID" }

// Freeze does nothing: an id does not change.
func (uniqueID) Freeze() {}

// Truth is always true.
func (uniqueID) Truth() starlark.Bool { return true }

// Hash makes an id fit for a key.
func (u uniqueID) Hash() (uint32, error) { return starlark.Bytes(u[:]).Hash() }

// AttrNames returns nothing: the names are not listed to files.
func (uniqueID) AttrNames() []string { return nil }

// Attr returns an attribute.
func (u uniqueID) Attr(name string) (starlark.Value, error) {
	switch name {
	case "hex":
		return starlark.String(hex.EncodeToString(u[:])), nil
	case "bytes":
		return starlark.Bytes(u[:]), nil
	case "int":
		return starlark.MakeBigInt(new(big.Int).SetBytes(u[:])), nil
	case "urn":
		return starlark.String("urn:uuid:" + u.String()), nil
	}
	return nil, fault.New("%s of a UUID is not available; write the value", name)
}
