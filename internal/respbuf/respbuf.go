// Package respbuf pools the buffers that response bodies are collected in.
package respbuf

import (
	"bytes"
	"sync"
)

// Buffer collects one response body. It is a [bytes.Buffer].
type Buffer = bytes.Buffer

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
