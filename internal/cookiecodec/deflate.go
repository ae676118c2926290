package cookiecodec

import "strings"

// Deflate returns payload compressed.
func (c *Codec) Deflate(payload []byte) []byte { return c.pool.Compress(payload) }

// Inflate returns what Deflate compressed, which must have exactly size bytes. It allocates no more than
// that, so the caller bounds it by bounding size. What is not made by Deflate is ErrInvalid.
func (c *Codec) Inflate(small string, size int) (string, error) {
	payload, err := c.pool.Inflate(make([]byte, 0, size), strings.NewReader(small), size)
	if err != nil || len(payload) != size {
		return "", ErrInvalid
	}
	return string(payload), nil
}
