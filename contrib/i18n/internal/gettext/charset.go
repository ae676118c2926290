package gettext

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A decoder makes UTF-8 of texts.
type decoder func(text string) (string, error)

// decoderFor returns the decoder for the charset that a header names.
func decoderFor(header map[string]string) (decoder, error) {
	_, charset, _ := strings.Cut(header["content-type"], "charset=")
	charset = strings.TrimSpace(charset)
	switch strings.ToLower(charset) {
	case "", "charset", "utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968":
		return fromUTF8, nil
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1":
		return fromLatin1, nil
	default:
		return nil, fmt.Errorf("the charset %q is not supported; convert the catalog: msgconv --to-code=UTF-8", charset)
	}
}

func fromUTF8(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", fmt.Errorf("the text %.40q is not UTF-8; name its charset in the header, or convert the catalog: msgconv --to-code=UTF-8", text)
	}
	return text, nil
}

func fromLatin1(text string) (string, error) {
	var b strings.Builder
	for i := range len(text) {
		b.WriteRune(rune(text[i]))
	}
	return b.String(), nil
}
