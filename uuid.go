package dewar

import (
	"encoding/hex"
	"errors"
)

// UUID is a 128-bit identifier: the value of a {x:uuid} variable, and of a UUID in a session. Its text is the
// usual 36 characters in lower case. The zero UUID is the nil UUID.
type UUID [16]byte

// Tuple is a list that Flask keeps as a Python tuple. Sessions give back a Tuple for a Tuple.
type Tuple []any

var errUUID = errors.New("want a UUID such as 123e4567-e89b-12d3-a456-426614174000")

// ParseUUID reads the 36-character form, or 32 hexadecimal digits without dashes.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	err := u.UnmarshalText([]byte(s))
	return u, err
}

// String returns the 36-character form.
func (u UUID) String() string {
	text, _ := u.MarshalText()
	return string(text)
}

// MarshalText returns the 36-character form. It never fails.
func (u UUID) MarshalText() ([]byte, error) {
	var digits [32]byte
	hex.Encode(digits[:], u[:])
	text := make([]byte, 0, 36)
	for i, d := range digits {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			text = append(text, '-')
		}
		text = append(text, d)
	}
	return text, nil
}

// UnmarshalText reads what [ParseUUID] reads. On an error u is left as it was.
func (u *UUID) UnmarshalText(text []byte) error {
	digits := make([]byte, 0, 32)
	for i, b := range text {
		dash := len(text) == 36 && (i == 8 || i == 13 || i == 18 || i == 23)
		if dash != (b == '-') || len(digits) == 32 && !dash {
			return errUUID
		}
		if !dash {
			digits = append(digits, b)
		}
	}
	var parsed UUID
	if len(digits) != 32 {
		return errUUID
	}
	if _, err := hex.Decode(parsed[:], digits); err != nil {
		return errUUID
	}
	*u = parsed
	return nil
}
