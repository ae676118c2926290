//go:build !race

package flasktest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// besieged is set in the process whose memory is measured.
const besieged = "DEWAR_TEST_BESIEGED"

// mostGrowth is how many bytes one attack may add to what a process holds.
const mostGrowth = 64 << 20

// A memoryAttack is bytes that one client sends. What it reads of the answer does not matter here.
type memoryAttack struct {
	name string
	send func(w io.Writer) error
}

// memoryAttacks are the hostile bodies, and what else has filled memories.
func memoryAttacks() (list []memoryAttack) {
	add := func(name string, request string) {
		list = append(list, memoryAttack{name, func(w io.Writer) error { _, err := io.WriteString(w, request); return err }})
	}
	for _, body := range hostileBodies() {
		add(body.name+", declared", body.declared())
		add(body.name+", chunked", body.chunked())
	}
	get := func(path, header string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: good.example\r\n" + header + "Connection: close\r\n\r\n"
	}
	add("20,001 ranges", get("/static/large.bin", "Range: bytes=0-0"+many(15_000, ",1-1")+"\r\n"))
	add("ranges that overlap", get("/static/large.bin", "Range: bytes=0-"+many(5_000, ",0-")+"\r\n"))
	add("a path of 8 KiB", get(many(4<<10, "/a"), ""))
	add("a path of 60 KiB", get("/"+many(60<<10, "a"), ""))
	add("a path of variables", get("/deep/"+many(4<<10, "a-"), ""))
	add("3,001 cookies", get("/cookie", "Cookie: "+many(3_001, "a=b; ")+"\r\n"))
	add("60 KiB of quotes in a cookie", get("/cookie", "Cookie: k=\""+many(60<<10, `\`)+"\r\n"))
	add("a header of 10,000 lines", get("/cookie", many(10_000, "X-A: b\r\n")))
	add("a header of 1 MiB", get("/cookie", "X-A: "+many(1<<20, "b")+"\r\n"))
	add("a query of 60 KiB", get("/query?"+many(30<<10, "a&"), ""))
	add("an Accept of 60 KiB", get("/none", "Accept: "+many(6_000, "text/html,")+"\r\n"))
	for _, kind := range []string{"text/plain", urlencoded, inParts, inJSON} {
		for _, path := range []string{"/raw", "/form", "/bind", "/json"} {
			list = append(list, memoryAttack{"chunks without an end to " + path + " as " + kind, endless(path, kind, part(`name="f"; filename="f"`, ""))})
		}
	}
	list = append(list, memoryAttack{"names of chunks without an end", func(w io.Writer) error {
		_, err := io.WriteString(w, "POST /raw HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: chunked\r\n\r\n1;"+many(4<<20, "x"))
		return err
	}})
	return list
}

// endless sends 64 MiB in chunks, or as much as is taken.
func endless(path, kind, begin string) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "POST %s HTTP/1.1\r\nHost: good.example\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", path, kind, len(begin), begin)
		chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<20, many(1<<20, "x"))
		for i := 0; err == nil && i < 64; i++ {
			_, err = io.WriteString(w, chunk)
		}
		return err
	}
}

// TestMemoryUnderAttack has a process of its own attacked, one attack at a time, and looks at the most memory that the
// system says it held: no attack adds more than 64 MiB, and none leaves a temporary file.
func TestMemoryUnderAttack(t *testing.T) {
	if os.Getenv(besieged) != "" {
		serveBesieged(t)
		return
	}
	b := newBesieged(t)
	most, worst := 0, ""
	list := memoryAttacks()
	for _, attack := range list {
		growth, _ := b.attacked(attack)
		if growth > mostGrowth {
			t.Errorf("%s: the process grew by %.1f MiB, want 64 at most", attack.name, float64(growth)/(1<<20))
		}
		if growth > most {
			most, worst = growth, attack.name
		}
	}
	t.Logf("%d attacks; the most that one added was %.1f MiB: %s", len(list), float64(most)/(1<<20), worst)
}

// TestLargeBodiesAreNotKept sends and fetches what is much larger than the memory that it may take: a stream, a form with
// a file, and a file of the disk, which is handed to the server as it is, for the system to send.
func TestLargeBodiesAreNotKept(t *testing.T) {
	if os.Getenv(besieged) != "" {
		t.Skip("this process is the one that is measured")
	}
	b := newBesieged(t)
	size := rounds(128<<20, 1<<30)
	head := part(`name="f"; filename="f.bin"`, "")
	head, tail := strings.TrimSuffix(head, "\r\n"), "\r\n"+lastBoundary
	for _, tt := range []struct{ name, request, begin, end, want string }{
		{"a stream", "POST /stream HTTP/1.1\r\nContent-Length: %d\r\n", "", "", fmt.Sprint("200 ", size)},
		{"a form with a file", "POST /upload HTTP/1.1\r\nContent-Type: " + inParts + "\r\nContent-Length: %d\r\n", head, tail, fmt.Sprint("200 f.bin ", size)},
	} {
		growth, got := b.attacked(memoryAttack{tt.name, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, tt.request+"Host: good.example\r\n\r\n%s", len(tt.begin)+size+len(tt.end), tt.begin)
			for i := 0; err == nil && i < size>>20; i++ {
				_, err = io.WriteString(w, mebibyte)
			}
			if err == nil {
				_, err = io.WriteString(w, tt.end)
			}
			return err
		}})
		if growth > mostGrowth || got != tt.want {
			t.Errorf("%s: got %q, want %q, and the process grew by %.1f MiB", tt.name, got, tt.want, float64(growth)/(1<<20))
		}
		t.Logf("%s of %d MiB: %.1f MiB more", tt.name, size>>20, float64(growth)/(1<<20))
	}
	growth, got := b.attacked(memoryAttack{"a download", func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "GET /download/%d HTTP/1.1\r\nHost: good.example\r\nConnection: close\r\n\r\n", size)
		return err
	}})
	if want := fmt.Sprintf("200 and %d bytes", size); growth > mostGrowth || got != want {
		t.Errorf("a download: got %q, want %q, and the process grew by %.1f MiB", got, want, float64(growth)/(1<<20))
	}
	handed := b.handed()
	for deadline := time.Now().Add(time.Minute); handed != size && time.Now().Before(deadline); handed = b.handed() { // the last piece is counted behind its bytes
		time.Sleep(5 * time.Millisecond)
	}
	if handed != size {
		t.Errorf("the server was handed files of %d bytes, want all %d", handed, size)
	}
	t.Logf("a download of %d MiB: %.1f MiB more", size>>20, float64(growth)/(1<<20))
}

var mebibyte = many(1<<20, "x")

// A handedNoter counts the bytes of files that the server's own copying is handed. net/http has the system send these.
type handedNoter struct {
	http.ResponseWriter
	handed *atomic.Int64
}

func (w handedNoter) ReadFrom(src io.Reader) (int64, error) {
	n, err := w.ResponseWriter.(io.ReaderFrom).ReadFrom(src)
	if limited, ok := src.(*io.LimitedReader); ok {
		if _, ok := limited.R.(*os.File); ok {
			w.handed.Add(n)
		}
	}
	return n, err
}

func (w handedNoter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// addLarge adds the views that take and send what is large.
func addLarge(app *dewar.App) {
	var handed atomic.Int64
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(handedNoter{w, &handed}, r) })
	})
	unlimited := dewar.Before(func(c *dewar.Context) error { c.Limit(dewar.Limits{Body: -1}); return nil })
	app.Post("/stream", func(c *dewar.Context) error {
		n, err := io.Copy(io.Discard, c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(n))
	}, unlimited)
	app.Post("/upload", func(c *dewar.Context) error {
		file, err := c.File("f")
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(file.Filename, " ", file.Size))
	}, unlimited)
	sparse := filepath.Join(app.RootPath(), "sparse.bin")
	app.Get("/download/{size:int}", func(c *dewar.Context) error {
		f, err := os.Create(sparse)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Truncate(int64(c.Params().Int("size"))), f.Close()); err != nil {
			return err
		}
		return c.SendFile(sparse)
	})
	app.Get("/handed", func(c *dewar.Context) error { return c.Text(fmt.Sprint(handed.Load())) })
}

// newBesieged starts a process that serves, and that is ended with the test.
func newBesieged(t *testing.T) *besiegedProcess {
	t.Helper()
	temporary := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryUnderAttack$", "-test.timeout=0")
	cmd.Env = append(os.Environ(), besieged+"=1", "TMPDIR="+temporary, "GOMEMLIMIT=off", "GOGC=100")
	stdin, err := cmd.StdinPipe()
	must(t, err)
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	must(t, err)
	b := &besiegedProcess{t: t, addr: strings.TrimSpace(line), proc: filepath.Join("/proc", strconv.Itoa(cmd.Process.Pid)), temporary: temporary}
	b.settle()
	return b
}

// serveBesieged serves until its input ends.
func serveBesieged(t *testing.T) {
	app := bodyApp(t)
	writeFile(t, app.RootPath(), "static/large.bin", many(1<<20, "x"))
	app.Get("/settle", func(c *dewar.Context) error { debug.FreeOSMemory(); return c.NoContent() })
	addLarge(app)
	app.Get("/cookie", func(c *dewar.Context) error { return c.Text(c.Cookie("k") + fmt.Sprint(len(c.Cookies().Keys()))) })
	app.Get("/query", func(c *dewar.Context) error { return c.Text(fmt.Sprint(len(c.Query().Strings("a")))) })
	app.Get("/deep/{a}-{b}-{c}-{d:int}", func(c *dewar.Context) error { return c.NoContent() })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = app.Serve(t.Context(), listener) }()
	fmt.Println(listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// A besiegedProcess is the process that is attacked, as others see it.
type besiegedProcess struct {
	t         *testing.T
	addr      string
	proc      string // its folder in /proc
	temporary string
}

// settle has the process give back what it does not use.
func (b *besiegedProcess) settle() {
	b.t.Helper()
	answer, err := http.Get("http://" + b.addr + "/settle")
	must(b.t, err)
	must(b.t, answer.Body.Close())
}

// handed returns how many bytes of files the server was handed.
func (b *besiegedProcess) handed() int {
	b.t.Helper()
	answer, err := http.Get("http://" + b.addr + "/handed")
	must(b.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(b.t, err)
	n, err := strconv.Atoi(string(text))
	must(b.t, err)
	return n
}

// attacked returns by how many bytes the process grew, at most, until it had answered, and the answer. Of a long one it
// says how long it was.
func (b *besiegedProcess) attacked(a memoryAttack) (growth int, got string) {
	b.t.Helper()
	b.settle()
	if err := os.WriteFile(filepath.Join(b.proc, "clear_refs"), []byte("5"), 0); err != nil {
		b.t.Skip("the most memory of a process cannot be set back here:", err)
	}
	before := b.status("VmRSS")
	conn, err := net.Dial("tcp", b.addr)
	must(b.t, err)
	must(b.t, conn.SetDeadline(time.Now().Add(2*time.Minute)))
	go func() { _ = a.send(conn) }()
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil {
		got, err = shortened(answer)
	}
	if err != nil && !isCutOff(err) {
		b.t.Errorf("%s: %v", a.name, err)
	}
	_ = conn.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		left, err := os.ReadDir(b.temporary)
		must(b.t, err)
		if n := countMultipart(left); n == 0 {
			break
		} else if time.Now().After(deadline) {
			b.t.Fatalf("%s: %d temporary files are left", a.name, n)
		}
	}
	return b.status("VmHWM") - before, got
}

// shortened returns the status and the text of an answer, or how long it was.
func shortened(answer *http.Response) (string, error) {
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1000))
	if err != nil || len(text) < 1000 {
		return fmt.Sprint(answer.StatusCode, " ", string(text)), err
	}
	n, err := io.Copy(io.Discard, answer.Body)
	return fmt.Sprintf("%d and %d bytes", answer.StatusCode, n+1000), err
}

// countMultipart counts the files of uploads among those of the folder, where the App has its own, too.
func countMultipart(entries []os.DirEntry) (n int) {
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "multipart-") {
			n++
		}
	}
	return n
}

// isCutOff reports whether err says that the server has closed while the client was still sending.
func isCutOff(err error) bool {
	return strings.Contains(err.Error(), "connection reset") || strings.Contains(err.Error(), "EOF") || strings.Contains(err.Error(), "broken pipe")
}

// status returns a figure of the process's memory, in bytes.
func (b *besiegedProcess) status(key string) int {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.proc, "status"))
	must(b.t, err)
	_, line, ok := strings.Cut(string(text), "\n"+key+":")
	fields := strings.Fields(line)
	if !ok || len(fields) < 2 || fields[1] != "kB" {
		b.t.Fatalf("%s/status has no %s", b.proc, key)
	}
	n, err := strconv.Atoi(fields[0])
	must(b.t, err)
	return n << 10
}
