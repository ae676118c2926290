package dewar_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
)

// most is how much memory a transfer of any size may take, the client's part included.
const most = 64 << 20

// grows runs f and fails if the process has taken more memory than most for it. No other test may run beside it.
func grows(t *testing.T, f func()) {
	t.Helper()
	taken := func() uint64 {
		sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}} // all that was ever asked of the system: it never shrinks
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before := taken()
	f()
	if growth := taken() - before; growth > most {
		t.Errorf("the process has grown by %d MiB, want at most %d", growth>>20, most>>20)
	} else {
		t.Logf("the process has grown by %.1f MiB", float64(growth)/(1<<20))
	}
}

// repeated gives n bytes that nobody keeps.
func repeated(n int64) io.Reader { return io.LimitReader(endless{}, n) }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// largeSize is more than may be in memory, and a gigabyte where make long asks for it.
func largeSize() int64 { return int64(rounds(96, 1024)) << 20 }

func TestLargeUploadStreamsThrough(t *testing.T) {
	size := largeSize()
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	app := quietApp(t)
	limit := dewar.Before(func(c *dewar.Context) error { c.Limit(dewar.Limits{Body: size + 1<<20}); return nil })
	app.Put("/raw", func(c *dewar.Context) error {
		n, err := io.Copy(io.Discard, c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(n))
	}, limit)
	app.Post("/parts", func(c *dewar.Context) error {
		parts, err := c.Request.MultipartReader()
		if err != nil {
			return err
		}
		part, err := parts.NextPart()
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, part)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(n))
	}, limit)
	app.Post("/form", func(c *dewar.Context) error {
		uploads, err := c.Uploads()
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(uploads[0].File.Size))
	}, limit)
	head := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"large.bin\"\r\n\r\n"
	form := func() io.Reader {
		return io.MultiReader(strings.NewReader(head), repeated(size), strings.NewReader("\r\n--b--\r\n"))
	}
	for _, proto := range protocols {
		p := start(t, proto, app, nil)
		for _, tt := range []struct {
			method, path, contentType string
			body                      func() io.Reader
		}{
			{"PUT", "/raw", "application/octet-stream", func() io.Reader { return repeated(size) }},
			{"POST", "/parts", inParts, form},
			{"POST", "/form", inParts, form},
		} {
			t.Run(proto+" "+tt.path, func(t *testing.T) {
				grows(t, func() {
					r, err := http.NewRequestWithContext(t.Context(), tt.method, p.server.URL+tt.path, tt.body())
					must(t, err)
					r.Header.Set("Content-Type", tt.contentType)
					res, err := p.client.Do(r)
					must(t, err)
					defer res.Body.Close()
					text, err := io.ReadAll(res.Body)
					if err != nil || res.StatusCode != 200 || string(text) != fmt.Sprint(size) {
						t.Errorf("got %d %.80q, %v, want %d bytes", res.StatusCode, text, err, size)
					}
				})
			})
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "multipart-*")); err != nil || len(left) > 0 {
		t.Errorf("%d temporary files are left, %v", len(left), err)
	}
}

// A copying is a connection that counts what the server has it copy by itself, which Linux does with sendfile.
type copying struct {
	*net.TCPConn
	copied, written *atomic.Int64
}

func (c copying) ReadFrom(src io.Reader) (int64, error) {
	n, err := c.TCPConn.ReadFrom(src)
	if limited, ok := src.(*io.LimitedReader); ok {
		if _, ok := limited.R.(*os.File); ok {
			c.copied.Add(n)
		}
	}
	return n, err
}

func (c copying) Write(p []byte) (int, error) {
	n, err := c.TCPConn.Write(p)
	c.written.Add(int64(n))
	return n, err
}

type copyingListener struct {
	net.Listener
	copied, written atomic.Int64
}

func (l *copyingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return copying{conn.(*net.TCPConn), &l.copied, &l.written}, nil
}

func TestLargeDownloadIsCopiedByTheServer(t *testing.T) {
	size := largeSize()
	app := quietApp(t)
	root := app.RootPath()
	must(t, os.MkdirAll(filepath.Join(root, "static"), 0o755))
	large := filepath.Join(root, "static", "large.bin")
	must(t, os.WriteFile(large, nil, 0o644))
	must(t, os.Truncate(large, size)) // without its bytes on the disk
	app.Get("/file", func(c *dewar.Context) error {
		c.Session().Set("downloads", 1)
		return c.SendFile(large)
	})
	app.Get("/folder", func(c *dewar.Context) error { return c.SendFromFS(os.DirFS(root), "static/large.bin") })
	app.Get("/reader", func(c *dewar.Context) error {
		f, err := os.Open(large)
		if err != nil {
			return err
		}
		return c.SendReader("large.bin", f)
	})
	must(t, app.Build())
	l := &copyingListener{Listener: listenHere(t)}
	served := make(chan struct{}, 1) // the client has all bytes before the server has counted the last ones
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		app.ServeHTTP(w, r)
		served <- struct{}{}
	}))
	must(t, srv.Listener.Close())
	srv.Listener = l
	srv.Config.WriteTimeout = 1 << 40 // deadlines are renewed for each piece
	srv.Start()
	t.Cleanup(srv.Close)
	for _, path := range []string{"/file", "/folder", "/reader", "/static/large.bin"} {
		t.Run(path, func(t *testing.T) {
			l.copied.Store(0)
			l.written.Store(0)
			grows(t, func() {
				res, err := http.Get(srv.URL + path)
				must(t, err)
				defer res.Body.Close()
				n, err := io.Copy(io.Discard, res.Body)
				if err != nil || res.StatusCode != 200 || n != size || res.ContentLength != size {
					t.Errorf("got %d with %d of %d bytes, %v", res.StatusCode, n, size, err)
				}
				<-served
			})
			if copied, written := l.copied.Load(), l.written.Load(); copied < size-4096 || written > 8192 {
				t.Errorf("the server copied %d bytes and wrote %d, want the file copied", copied, written)
			}
		})
	}
}
