package cookiecodec

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"strings"
)

// A deflater compresses into its own buffer.
type deflater struct {
	out    bytes.Buffer
	writer *flate.Writer
}

// Deflate returns payload compressed.
func (c *Codec) Deflate(payload []byte) []byte {
	d, ok := c.deflaters.Get().(*deflater)
	if !ok {
		d = &deflater{}
		d.writer, _ = flate.NewWriter(&d.out, flate.DefaultCompression) // fails on unknown levels only
	}
	defer c.deflaters.Put(d)
	d.out.Reset()
	d.writer.Reset(&d.out)
	_, _ = d.writer.Write(payload) // a Buffer takes everything
	_ = d.writer.Close()
	return bytes.Clone(d.out.Bytes())
}

// Inflate returns what Deflate compressed, which must have exactly size bytes. It allocates no more than
// that, so the caller bounds it by bounding size. What is not made by Deflate is ErrInvalid.
func (c *Codec) Inflate(small string, size int) (string, error) {
	source := strings.NewReader(small)
	r, ok := c.inflaters.Get().(io.ReadCloser)
	if !ok {
		r = flate.NewReader(source)
	} else if err := r.(flate.Resetter).Reset(source, nil); err != nil {
		return "", ErrInvalid
	}
	defer c.inflaters.Put(r)
	payload := make([]byte, size)
	if _, err := io.ReadFull(r, payload); err != nil {
		return "", ErrInvalid
	}
	var more [1]byte
	if _, err := io.ReadFull(r, more[:]); !errors.Is(err, io.EOF) || source.Len() > 0 {
		return "", ErrInvalid
	}
	return string(payload), nil
}
