package deflate_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/internal/deflate"
)

func TestPool(t *testing.T) {
	t.Parallel()
	for name, format := range map[string]deflate.Format{"raw": deflate.Raw, "zlib": deflate.Zlib} {
		p := &deflate.Pool{Format: format}
		for _, payload := range []string{"", "a", strings.Repeat("abc", 5000)} {
			small, n := p.Compress([]byte(payload)), len(payload)
			for _, tt := range []struct {
				name  string
				small []byte
				limit int
				want  error
			}{
				{"at the limit", small, n, nil},
				{"below the limit", small, n + 1000, nil},
				{"a byte over", small, n - 1, deflate.ErrTooLarge},
				{"cut short", small[:len(small)-1], n, deflate.ErrMalformed},
				{"something behind", append(small[:len(small):len(small)], 0), n, deflate.ErrMalformed},
				{"nothing", nil, n, deflate.ErrMalformed},
				{"garbage", []byte("garbage"), n + 10, deflate.ErrMalformed},
			} {
				if tt.limit < 0 {
					continue
				}
				got, err := p.Inflate(nil, bytes.NewReader(tt.small), tt.limit)
				if !errors.Is(err, tt.want) || err == nil && string(got) != payload {
					t.Errorf("%s, %d bytes, %s: got %d bytes and error %v, want error %v", name, n, tt.name, len(got), err, tt.want)
				}
			}
		}
	}
}

func TestInflateUsesTheRoomThereIs(t *testing.T) {
	t.Parallel()
	p := &deflate.Pool{}
	room := make([]byte, 1, 4)
	got, err := p.Inflate(room, bytes.NewReader(p.Compress([]byte("abc"))), 4)
	if err != nil || string(got) != "\x00abc" || &got[0] != &room[0] {
		t.Errorf("got %q, %v, want it behind what was there", got, err)
	}
}

func TestPoolIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	p := &deflate.Pool{Format: deflate.Zlib}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			payload := bytes.Repeat([]byte{byte(i)}, 1000)
			for range 100 {
				if got, err := p.Inflate(nil, bytes.NewReader(p.Compress(payload)), 1000); err != nil || !bytes.Equal(got, payload) {
					t.Errorf("got %v, want what was compressed", err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzInflate(f *testing.F) {
	raw, zlib := &deflate.Pool{}, &deflate.Pool{Format: deflate.Zlib}
	f.Add([]byte("garbage"))
	f.Add(raw.Compress([]byte("a payload, a payload")))
	f.Add(zlib.Compress([]byte("a payload, a payload")))
	f.Fuzz(func(t *testing.T, small []byte) {
		for _, p := range []*deflate.Pool{raw, zlib} {
			payload, err := p.Inflate(nil, bytes.NewReader(small), 1000)
			if err != nil {
				continue
			}
			again, err := p.Inflate(nil, bytes.NewReader(p.Compress(payload)), len(payload))
			if err != nil || len(payload) > 1000 || !bytes.Equal(again, payload) {
				t.Errorf("got %q and error %v, want %q again", again, err, payload)
			}
		}
	})
}
