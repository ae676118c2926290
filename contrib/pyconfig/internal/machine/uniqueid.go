package machine

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// uuid is the module uuid.
func (m *Machine) uuid() *module {
	u := newModuleOf("uuid", map[string]native{
		"UUID": newUniqueID,
		"uuid4": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			b, err := m.draw(16)
			if err != nil {
				return nil, err
			}
			return marked(b, 4), unpack("uuid4", args, kwargs)
		},
		"uuid1": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			b, err := m.draw(16)
			if err != nil {
				return nil, err
			}
			return marked(b, 1), unpack("uuid1", args, kwargs)
		},
		"uuid3": named(3),
		"uuid5": named(5),
	})
	for name, digit := range map[string]byte{"NAMESPACE_DNS": 0x10, "NAMESPACE_URL": 0x11, "NAMESPACE_OID": 0x12, "NAMESPACE_X500": 0x14} {
		u.attrs[name] = uniqueID{0x6b, 0xa7, 0xb8, digit, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}
	}
	return u
}

// marked sets the version of an id.
func marked(b []byte, version byte) uniqueID {
	u := uniqueID(b)
	u[6] = u[6]&0x0F | version<<4
	u[8] = u[8]&0x3F | 0x80
	return u
}

func newUniqueID(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := unpack("UUID", args, kwargs, "hex", &s); err != nil {
		return nil, err
	}
	s = strings.NewReplacer("urn:", "", "uuid:", "").Replace(s)
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(s, "{}"), "-", ""))
	if err != nil || len(b) != 16 {
		return nil, fault.Raise("ValueError", "UUID() needs 32 hexadecimal digits")
	}
	return uniqueID(b), nil
}

// named is uuid3 or uuid5: an id made of a name.
func named(version byte) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var space starlark.Value
		var name string
		if err := unpack("uuid", args, kwargs, "namespace", &space, "name", &name); err != nil {
			return nil, err
		}
		u, ok := space.(uniqueID)
		if !ok {
			return nil, fault.New("the first argument must be a UUID")
		}
		data := append(u[:], name...)
		if version == 3 {
			sum := md5.Sum(data)
			return marked(sum[:], 3), nil
		}
		sum := sha1.Sum(data)
		return marked(sum[:16], 5), nil
	}
}
