package machine

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// hashlib is the module hashlib, with digests of what is given at once.
func (m *Machine) hashlib() *module {
	h := &module{name: "hashlib", attrs: starlark.StringDict{}}
	for name, sum := range map[string]func([]byte) []byte{
		"md5":    func(b []byte) []byte { s := md5.Sum(b); return s[:] },
		"sha1":   func(b []byte) []byte { s := sha1.Sum(b); return s[:] },
		"sha256": func(b []byte) []byte { s := sha256.Sum256(b); return s[:] },
		"sha512": func(b []byte) []byte { s := sha512.Sum512(b); return s[:] },
	} {
		h.attrs[name] = builtin("hashlib."+name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var v, security starlark.Value
			if err := unpack(name, args, kwargs, "data", &v, "usedforsecurity?", &security); err != nil {
				return nil, err
			}
			b, err := asBytes(name, v)
			if err != nil {
				return nil, err
			}
			return digest(sum([]byte(b))), m.charge(len(b))
		})
	}
	return h
}

// digest is what a function of hashlib returns.
func digest(sum []byte) *record {
	d := &record{kind: "hash"}
	d.extra = func(name string) (starlark.Value, error) {
		switch name {
		case "hexdigest":
			return simple(name, func() starlark.Value { return starlark.String(hex.EncodeToString(sum)) }), nil
		case "digest":
			return simple(name, func() starlark.Value { return starlark.Bytes(sum) }), nil
		}
		return nil, fault.New("%s of a hash is not available; give it all the data at once", name)
	}
	return d
}

// asBytes reads an argument that must be bytes.
func asBytes(function string, v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.Bytes:
		return string(v), nil
	case refused:
		return "", v.err()
	}
	return "", fault.Raise("TypeError", "%s() needs bytes, not %s%s", function, typeName(v), noneHint(v))
}

// binascii is the module binascii.
func (m *Machine) binascii() *module {
	hexlify := func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := one("hexlify", args, kwargs)
		if err != nil {
			return nil, err
		}
		b, err := asBytes("hexlify", v)
		return starlark.Bytes(hex.EncodeToString([]byte(b))), err
	}
	unhexlify := func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := one("unhexlify", args, kwargs)
		if err != nil {
			return nil, err
		}
		s, isText := v.(starlark.String)
		if b, ok := v.(starlark.Bytes); ok {
			s, isText = starlark.String(b), true
		}
		if !isText {
			_, err := asBytes("unhexlify", v)
			return nil, err
		}
		b, err := hex.DecodeString(string(s))
		if err != nil {
			return nil, fault.Raise("BinasciiError", "unhexlify() needs hexadecimal digits in pairs")
		}
		return starlark.Bytes(b), m.charge(len(b))
	}
	b := newModuleOf("binascii", map[string]native{"hexlify": hexlify, "b2a_hex": hexlify, "unhexlify": unhexlify, "a2b_hex": unhexlify})
	b.attrs["Error"] = m.exceptions["BinasciiError"]
	return b
}
