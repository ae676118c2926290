package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// caller is a page that writes a note and reads it again, with the cookie that it got, and shows what came of it.
const caller = `<!doctype html><script>
(async () => {
	const api = new URLSearchParams(location.search).get("api");
	const options = {credentials: "include", headers: {"Content-Type": "application/json"}};
	try {
		await fetch(api + "/notes/1", {...options, method: "PUT", body: '{"text":"milk"}'});
		document.title = await (await fetch(api + "/notes", options)).text();
	} catch (error) {
		document.title = error;
	}
})();
</script>`

// chromium opens a page and returns what has become of it once its scripts have run.
func chromium(t *testing.T, url string) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		args := []string{"--headless", "--disable-gpu", "--user-data-dir=" + t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", url}
		if os.Geteuid() == 0 {
			args = append([]string{"--no-sandbox"}, args...) // Chromium has none for root
		}
		page, err := exec.CommandContext(ctx, path, args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	const cure = "there is no chromium on the PATH; install it, with apt-get install chromium or as your system does"
	if os.Getenv("DEWAR_BROWSER") == "required" {
		t.Fatal(cure)
	}
	t.Skip(cure)
	return ""
}

func TestCrossOrigin_InABrowser(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		trusted bool
		want    string
	}{
		{"a page that is trusted", true, `<title>{"1":"milk"}`},
		{"any other page", false, "<title>TypeError: Failed to fetch"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, caller) }))
			defer site.Close()
			origins := []string{page}
			if tt.trusted {
				origins = append(origins, site.URL)
			}
			api, _ := newServer(t, trusting(origins...))
			if got := chromium(t, site.URL+"/?api="+api); !strings.Contains(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
