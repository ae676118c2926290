package flaskcookie

import (
	"bytes"
	"errors"

	"github.com/dewar-go/dewar/internal/deflate"
)

// deflate returns payload compressed, or nil if Flask would not take the trouble.
func (c *Codec) deflate(payload []byte) []byte {
	small := c.pool.Compress(payload)
	if len(small) >= len(payload)-1 {
		return nil
	}
	return small
}

// inflate returns what deflate compressed, up to maxPayload. What follows the end of the compressed data is
// refused.
func (c *Codec) inflate(small []byte) ([]byte, error) {
	payload, err := c.pool.Inflate(make([]byte, 0, 512), bytes.NewReader(small), c.maxPayload)
	switch {
	case errors.Is(err, deflate.ErrTooLarge):
		return nil, ErrTooLarge
	case err != nil:
		return nil, ErrMalformed
	}
	return payload, nil
}
