package sessionstore

import (
	"strings"
	"sync"
)

// A blob is a record as a Memory keeps it. The zero blob stands for none.
type blob struct {
	text     string // what Record.AppendBinary wrote; never changed, so that what is read shares it
	capacity uint32 // how much memory that takes
	expires  int64  // in milliseconds since 1970
	owner    uint64 // the hash of the owner, or 0
}

func (b blob) cost() int64 {
	if b.text == "" {
		return 0
	}
	return cost(b.capacity, b.owner)
}

// buffers are for records while they are written.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// pack returns a record with the given values, sorted by key, as it is kept.
func (m *Memory) pack(r Record, members []member) blob {
	buffer := buffers.Get().(*[]byte)
	b := r.appendTo((*buffer)[:0], members)
	var text strings.Builder // knows how much memory it has got
	text.Grow(len(b))
	_, _ = text.Write(b)
	if cap(b) <= 64<<10 {
		*buffer = b
		buffers.Put(buffer)
	}
	return blob{text.String(), uint32(text.Cap()), r.Expires().UnixMilli(), m.hashOwner(r.Owner)}
}
