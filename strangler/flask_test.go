package strangler_test

import (
	"bufio"
	"bytes"
	"fmt"
	"mime/multipart"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// flaskPython is a Python that can import flask: the one that DEWAR_PYTHON names, or else one of the system's.
var flaskPython = sync.OnceValue(func() string {
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", "import flask").Run() == nil {
			return name
		}
	}
	return ""
})

// flask starts the real one and returns its address. Without it the test is skipped, and fails in CI.
func flask(t testing.TB) string {
	t.Helper()
	if flaskPython() == "" {
		const missing = "NO FLASK STOOD BEHIND THE PROXY: no Python here can import it; install the package python3-flask, or name a Python in DEWAR_PYTHON"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	cmd := exec.Command(flaskPython(), "testdata/flaskapp.py", testKey)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		t.Fatalf("flaskapp.py did not say its port: %v\n%.2000s", err, problems.String())
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

func TestJourneysThroughFlask(t *testing.T) {
	t.Parallel()
	python := flask(t)
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) { walk(halves(t, python, cookieSessions), j.steps) })
	}
}

func TestPermanentSessionsOfFlask(t *testing.T) {
	t.Parallel()
	v := halves(t, flask(t), cookieSessions)
	v.get("/permanent")
	for _, path := range []string{"/show", "/show?before=read:", "/show?after=read:", "/show?before=a:1&after=b:2"} {
		if res, body := v.get(path); len(v.lines(res)) != 1 || !strings.Contains(v.lines(res)[0], "Expires") || !strings.Contains(body, "_permanent=True") {
			t.Errorf("%s: got %q and %q", path, body, v.lines(res))
		}
	}
}

// TestVisitorsOfFlaskAtOnce has each visitor keep what is its own.
func TestVisitorsOfFlaskAtOnce(t *testing.T) {
	t.Parallel()
	v := halves(t, flask(t), cookieSessions)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			own := &visitor{t, v.url, map[string]string{}}
			for j := range 10 {
				walk(own, [][2]string{
					{fmt.Sprintf("/flash?m=%d&before=a:%d&after=flash:go", j, i), "flashed"},
					{"/go/show", fmt.Sprintf("%d go a=%d", j, i)}, {"/show", fmt.Sprintf("a=%d", i)}})
			}
		})
	}
	all.Wait()
}

func TestFlaskSeesTheClient(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	if err := app.Config.Set("TRUSTED_PROXIES", []string{"127.0.0.1"}); err != nil {
		t.Fatal(err)
	}
	url := front(t, app, flask(t))
	for _, tt := range []struct {
		header []string
		want   string
	}{
		{[]string{"Host", "shop.test"}, "127.0.0.1 http shop.test  http://shop.test/plain"},
		{[]string{"Host", "x", "X-Forwarded-For", "6.6.6.6, 2001:db8::1", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "shop.test:8443", "X-Forwarded-Prefix", "/app"},
			"2001:db8::1 https shop.test:8443 /app https://shop.test:8443/app/plain"},
	} {
		if _, body := fetch(t, request(t, "GET", url+"/client", nil, tt.header...)); body != tt.want {
			t.Errorf("got  %q\nwant %q", body, tt.want)
		}
	}
}

func TestFlaskAnswersAsItDoesAlone(t *testing.T) {
	t.Parallel()
	python := flask(t)
	url := front(t, quietApp(t), python)
	for _, path := range []string{"/missing", "/broken", "/stream", "/plain", "/plain/"} {
		alone, want := fetch(t, request(t, "GET", python+path, nil))
		res, body := fetch(t, request(t, "GET", url+path, nil))
		if res.StatusCode != alone.StatusCode || body != want || res.Header.Get("Content-Type") != alone.Header.Get("Content-Type") || res.Header.Get("Vary") != alone.Header.Get("Vary") {
			t.Errorf("%s: got %d %v %q, alone %d %v %q", path, res.StatusCode, res.Header, body, alone.StatusCode, alone.Header, want)
		}
	}
}

func TestUploadsToFlask(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	if err := app.Config.Set("MAX_CONTENT_LENGTH", 1000); err != nil {
		t.Fatal(err)
	}
	app.BeforeRequest(func(c *dewar.Context) error { c.Flash("before the upload"); return nil })
	url := front(t, app, flask(t))
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("title", "a picture")
	file, _ := form.CreateFormFile("file", "p.png")
	_, _ = file.Write(bytes.Repeat([]byte("x"), 3<<20))
	_ = form.Close()
	res, text := fetch(t, request(t, "POST", url+"/upload", &body, "Content-Type", form.FormDataContentType()))
	if res.StatusCode != 200 || text != "p.png 3145728 a picture" {
		t.Errorf("got %d and %q", res.StatusCode, text)
	}
}
