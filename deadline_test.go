package dewar_test

import (
	"bytes"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

func TestLargeAnswerOutlivesTheWriteTimeout(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("0123456789abcdef"), 4<<20/16)
	for _, tt := range []struct {
		name string
		view dewar.Handler
	}{
		{"Blob", func(c *dewar.Context) error { return c.Blob("application/octet-stream", body) }},
		{"ReadFrom", func(c *dewar.Context) error {
			_, err := c.Response.ReadFrom(bytes.NewReader(body))
			return err
		}},
		{"io.CopyN", func(c *dewar.Context) error {
			_, err := io.CopyN(c.Response, bytes.NewReader(body), int64(len(body)))
			return err
		}},
		{"Stream", func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error {
				_, err := w.Write(body)
				return err
			})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app := newApp(t)
				app.Get("/", tt.view)
				b := serveInBubble(t, app)
				res, err := b.client.Get("http://app.test/")
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				got, err := readSlowly(res.Body, 128<<10, 10*time.Second)
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("got %d bytes and error %v, want all %d", len(got), err, len(body))
				}
				if err := b.end(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestReadFromTakesNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const limit, size = 3 << 20, 4 << 20
		app := newApp(t)
		app.Get("/", func(c *dewar.Context) error {
			if err := c.Response.FlushError(); err != nil {
				return err
			}
			src := bytes.NewReader(make([]byte, size))
			limited := &io.LimitedReader{R: src, N: limit + 7}
			n, err := c.Response.ReadFrom(limited)
			if n != limit+7 || err != nil || limited.N != 0 || src.Len() != size-limit-7 {
				t.Errorf("sent %d, error %v; %d of the limit and %d of the source are left, want 0 and %d", n, err, limited.N, src.Len(), size-limit-7)
			}
			return nil
		})
		b := serveInBubble(t, app)
		if _, body, err := b.get("/"); err != nil || len(body) != limit+7 {
			t.Errorf("got %d bytes and error %v, want %d", len(body), err, limit+7)
		}
		if err := b.end(); err != nil {
			t.Error(err)
		}
	})
}

// readSlowly reads n bytes, then rests, and so on.
func readSlowly(r io.Reader, n int64, rest time.Duration) ([]byte, error) {
	var all bytes.Buffer
	for {
		m, err := io.Copy(&all, io.LimitReader(r, n))
		if err != nil || m < n {
			return all.Bytes(), err
		}
		time.Sleep(rest)
	}
}
