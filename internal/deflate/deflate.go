// Package deflate compresses and inflates small texts, bounded and with state that is used again.
package deflate

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"
	"sync"
)

// A Format is what stands around the compressed data.
type Format int

const (
	Raw  Format = iota // nothing
	Zlib               // a header and a checksum, as Python's zlib writes them
)

// Why data was refused.
var (
	ErrMalformed = errors.New("deflate: malformed data")
	ErrTooLarge  = errors.New("deflate: more data than allowed")
)

// A Pool keeps compressors and inflaters of one format. The zero Pool is of the format Raw. It is safe for concurrent use.
type Pool struct {
	Format    Format
	deflaters sync.Pool
	inflaters sync.Pool
}

// A deflater compresses into its own buffer.
type deflater struct {
	out    bytes.Buffer
	writer interface {
		io.WriteCloser
		Reset(io.Writer)
	}
}

// Compress returns payload compressed at the default level.
func (p *Pool) Compress(payload []byte) []byte {
	d, ok := p.deflaters.Get().(*deflater)
	if !ok {
		d = p.newDeflater()
	}
	defer p.deflaters.Put(d)
	d.out.Reset()
	d.writer.Reset(&d.out)
	_, _ = d.writer.Write(payload) // a Buffer takes everything
	_ = d.writer.Close()
	return bytes.Clone(d.out.Bytes())
}

func (p *Pool) newDeflater() *deflater {
	if p.Format == Zlib {
		return &deflater{writer: zlib.NewWriter(nil)}
	}
	w, _ := flate.NewWriter(nil, flate.DefaultCompression) // fails on unknown levels only
	return &deflater{writer: w}
}

// A Source is compressed data: a [bytes.Reader] or a [strings.Reader].
type Source interface {
	io.Reader
	io.ByteReader
	// Len returns how many bytes are left.
	Len() int
}

// Inflate appends to dst what source holds, until dst has limit bytes; more is ErrTooLarge. Room that dst has already
// is used. Data that is cut short, or followed by anything, is ErrMalformed.
func (p *Pool) Inflate(dst []byte, source Source, limit int) ([]byte, error) {
	r, err := p.inflater(source)
	if err != nil {
		return nil, ErrMalformed
	}
	defer p.inflaters.Put(r)
	for err == nil && len(dst) < limit {
		if len(dst) == cap(dst) {
			dst = append(dst, 0)[:len(dst)]
		}
		var n int
		n, err = r.Read(dst[len(dst):min(cap(dst), limit)])
		dst = dst[:len(dst)+n]
	}
	if err == nil {
		var more [1]byte
		if _, err = io.ReadFull(r, more[:]); err == nil {
			return nil, ErrTooLarge
		}
	}
	if err != io.EOF || source.Len() > 0 {
		return nil, ErrMalformed
	}
	return dst, nil
}

func (p *Pool) inflater(source Source) (io.ReadCloser, error) {
	r, ok := p.inflaters.Get().(io.ReadCloser)
	switch {
	case ok:
		return r, r.(flate.Resetter).Reset(source, nil) // which is zlib's Resetter too
	case p.Format == Zlib:
		return zlib.NewReader(source)
	}
	return flate.NewReader(source), nil
}
