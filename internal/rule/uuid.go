package rule

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
)

// uuidConverter matches the form with four dashes. Its values are what make returns.
type uuidConverter struct{ make func([16]byte) any }

func (uuidConverter) Pattern() string {
	return `[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`
}

func (c uuidConverter) Parse(text string) (any, error) {
	id, ok := parseUUID(text)
	if !ok {
		return nil, errNoMatch
	}
	return c.make(id), nil
}

func (uuidConverter) fits(text string) bool {
	_, ok := parseUUID(text)
	return ok
}

// Format accepts any array of 16 bytes and text of 36 characters, or 32 without the dashes.
func (uuidConverter) Format(value any) (string, error) {
	if v := reflect.ValueOf(value); v.IsValid() && v.CanConvert(reflect.TypeFor[[16]byte]()) && v.Kind() == reflect.Array {
		return uuidText(v.Convert(reflect.TypeFor[[16]byte]()).Interface().([16]byte)), nil
	}
	text, err := formatText(value)
	if err != nil {
		return "", fmt.Errorf("cannot make a uuid of the %T; give 16 bytes or text", value)
	}
	if len(text) == 32 {
		text = text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
	}
	id, ok := parseUUID(text)
	if !ok {
		return "", fmt.Errorf("the %T is no uuid; give 36 characters as in %s", value, uuidText([16]byte{}))
	}
	return uuidText(id), nil
}

// parseUUID reads the form with four dashes.
func parseUUID(text string) (id [16]byte, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return id, false
	}
	var plain [32]byte
	n := copy(plain[:], text[:8])
	n += copy(plain[n:], text[9:13])
	n += copy(plain[n:], text[14:18])
	n += copy(plain[n:], text[19:23])
	copy(plain[n:], text[24:])
	_, err := hex.Decode(id[:], plain[:])
	return id, err == nil
}

// uuidText returns the form with four dashes.
func uuidText(id [16]byte) string {
	plain := hex.EncodeToString(id[:])
	return strings.Join([]string{plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]}, "-")
}
