// Package respbuf pools the buffers that response bodies are collected in.
package respbuf

import (
	"bytes"
	"encoding/json"
	"sync"

	"github.com/dewar-go/dewar/internal/jsontext"
)

// Buffer collects one response body.
type Buffer struct {
	bytes.Buffer
	encoder *json.Encoder // made when it is first used, and kept with the buffer
}

// Encode adds v as JSON, with a line break at its end. Plain data is encoded by e. After an error nothing was added.
func (b *Buffer) Encode(e *jsontext.Encoder, v any) error {
	if text, ok := e.Append(b.Bytes(), v); ok {
		b.Buffer = *bytes.NewBuffer(append(text, '\n')) // which it was appended to
		return nil
	}
	if b.encoder == nil {
		b.encoder = json.NewEncoder(&b.Buffer)
	}
	return b.encoder.Encode(v)
}

// keep is the capacity up to which a buffer goes back to the pool, so that one large page does not hold
// memory for ever.
const keep = 64 << 10

var pool = sync.Pool{New: func() any { return new(Buffer) }}

// Get returns an empty buffer.
func Get() *Buffer { return pool.Get().(*Buffer) }

// Put gives b back. The caller must not use it, nor the bytes it returned, any more.
func Put(b *Buffer) {
	if b.Cap() > keep {
		return
	}
	b.Reset()
	pool.Put(b)
}
