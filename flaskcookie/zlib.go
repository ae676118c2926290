package flaskcookie

import (
	"bytes"
	"compress/zlib"
	"io"
)

// A deflater compresses into its own buffer.
type deflater struct {
	out    bytes.Buffer
	writer *zlib.Writer
}

// deflate returns payload compressed, or nil if Flask would not take the trouble.
func (c *Codec) deflate(payload []byte) []byte {
	d, ok := c.deflaters.Get().(*deflater)
	if !ok {
		d = &deflater{writer: zlib.NewWriter(nil)} // the default is Flask's level, 6
	}
	defer c.deflaters.Put(d)
	d.out.Reset()
	d.writer.Reset(&d.out)
	_, _ = d.writer.Write(payload) // a Buffer takes everything
	_ = d.writer.Close()
	if d.out.Len() >= len(payload)-1 {
		return nil
	}
	return bytes.Clone(d.out.Bytes())
}

// inflate returns what deflate compressed, and stops soon after maxPayload. What follows the end of
// the compressed data is refused.
func (c *Codec) inflate(small []byte) ([]byte, error) {
	source := bytes.NewReader(small)
	r, err := c.inflater(source)
	if err != nil {
		return nil, ErrMalformed
	}
	defer c.inflaters.Put(r)
	payload, err := io.ReadAll(io.LimitReader(r, int64(c.maxPayload)+1))
	switch {
	case len(payload) > c.maxPayload:
		return nil, ErrTooLarge
	case err != nil || source.Len() > 0:
		return nil, ErrMalformed
	}
	return payload, nil
}

func (c *Codec) inflater(source io.Reader) (io.ReadCloser, error) {
	r, ok := c.inflaters.Get().(io.ReadCloser)
	if !ok {
		return zlib.NewReader(source)
	}
	return r, r.(zlib.Resetter).Reset(source, nil)
}
