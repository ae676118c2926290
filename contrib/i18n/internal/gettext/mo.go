package gettext

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// byteOrder returns the order of the bytes in a .mo file, nil if data is none.
func byteOrder(data []byte) binary.ByteOrder {
	const magic = 0x950412de
	switch {
	case len(data) < 4:
		return nil
	case binary.LittleEndian.Uint32(data) == magic:
		return binary.LittleEndian
	case binary.BigEndian.Uint32(data) == magic:
		return binary.BigEndian
	default:
		return nil
	}
}

// A moFile is a .mo file. Its texts are parts of one string, so that reading it needs little more room than the file.
type moFile struct {
	name  string
	data  []byte
	texts string // data
	order binary.ByteOrder
	used  uint64 // bytes of texts that were read
}

// fail makes an error.
func (f *moFile) fail(format string, args ...any) error {
	return &Error{File: f.name, Message: fmt.Sprintf(format, args...)}
}

// number returns the number at an offset, which must be inside.
func (f *moFile) number(offset uint64) uint64 {
	return uint64(f.order.Uint32(f.data[offset:]))
}

// parseMO reads a .mo file.
func parseMO(name string, data []byte, order binary.ByteOrder) (*Catalog, error) {
	f := &moFile{name: name, data: data, texts: string(data), order: order}
	if len(data) < 20 {
		return nil, f.fail("the file ends inside its header; make it again with msgfmt")
	}
	if major := f.number(4) >> 16; major > 1 {
		return nil, f.fail("the file has version %d, and 0 and 1 are known", major)
	}
	count, originals, translations := f.number(8), f.number(12), f.number(16)
	if size := uint64(len(data)); originals+8*count > size || translations+8*count > size {
		return nil, f.fail("the file is corrupt: its tables of %d texts reach beyond its end; make it again with msgfmt", count)
	}
	var raw []rawMessage
	for i := range count {
		original, err := f.text(originals + 8*i)
		if err != nil {
			return nil, err
		}
		translation, err := f.text(translations + 8*i)
		if err != nil {
			return nil, err
		}
		raw = append(raw, rawMessage{original, translation})
	}
	return f.catalog(raw)
}

// text returns the text whose length and place are at an offset.
func (f *moFile) text(offset uint64) (string, error) {
	length, start := f.number(offset), f.number(offset+4)
	if start+length > uint64(len(f.data)) {
		return "", f.fail("the file is corrupt: a text of %d bytes at %d reaches beyond its end; make it again with msgfmt", length, start)
	}
	if f.used += length; f.used > 2*uint64(len(f.data)) {
		return "", f.fail("the file is corrupt: its texts lie over each other; make it again with msgfmt")
	}
	return f.texts[start : start+length], nil
}

// A rawMessage is a text and its translation as they stand in the file. Both have NUL bytes between singular and plural forms.
type rawMessage struct{ original, translation string }

// message decodes a message.
func (r rawMessage) message(decode decoder) (key string, m message, err error) {
	original, _, plural := strings.Cut(r.original, "\x00")
	if key, err = decode(original); err != nil {
		return "", m, err
	}
	m = message{forms: []string{r.translation}, plural: plural}
	if plural {
		m.forms = strings.Split(r.translation, "\x00")
	}
	for i := range m.forms {
		if m.forms[i], err = decode(m.forms[i]); err != nil {
			return "", m, err
		}
	}
	return key, m, nil
}

// check looks for values that the message does not have.
func (r rawMessage) check(m message) error {
	id, plural, _ := strings.Cut(r.original, "\x00")
	if _, text, inContext := strings.Cut(id, separator); inContext {
		id = text
	}
	return checkPlaceholders(id, plural, m.forms)
}

// catalog makes a catalog of all messages.
func (f *moFile) catalog(raw []rawMessage) (*Catalog, error) {
	header := map[string]string{}
	for _, r := range raw {
		if r.original == "" {
			header = parseHeader(r.translation)
		}
	}
	decode, err := decoderFor(header)
	if err != nil {
		return nil, f.fail("%v", err)
	}
	messages := make(map[string]message, len(raw))
	var faults []error
	for _, r := range raw {
		key, m, err := r.message(decode)
		if err != nil {
			return nil, f.fail("%v", err)
		}
		if key == "" {
			continue
		}
		if err := r.check(m); err != nil {
			faults = append(faults, f.fail("%v", err))
			continue
		}
		messages[key] = m
	}
	c, err := newCatalog(messages, header)
	if err != nil {
		return nil, f.fail("%v", err)
	}
	c.faults = faults
	return c, nil
}
