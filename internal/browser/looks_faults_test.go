package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// bad has every fault that a page can have.
const bad = `<!doctype html><html><head><meta name="viewport" content="width=device-width"><title>Bad</title><style>
	body { background: #fff; color: #000 } .pale { color: #bbb }
	@media (prefers-color-scheme: dark) { body { background: #000 } }
	@media (max-width: 500px) { .wide { width: 600px } }
	a:focus { outline: none } .bar { position: fixed; inset: auto 0 0 0; height: 90px; background: #ddd; color: #000 }
</style></head><body><main><h1>Bad</h1><p class="pale">pale</p><p class="wide">wide</p><img src="data:,">
<p><button style="order: 1">first</button></p><p><a href="/" style="outline: none">unseen</a></p>
<p style="position: relative; top: -120px"><button>up</button></p>
<button style="position: fixed; bottom: 20px; left: 20px">covered</button>
<p><button tabindex="5">before all</button></p></main><div class="bar">bar</div></body></html>`

// TestInspectFindsFaults keeps the other tests from passing because nothing is looked at.
func TestInspectFindsFaults(t *testing.T) {
	t.Parallel()
	start(t)
	page := bad
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/order" {
			page = strings.ReplaceAll(bad, ` tabindex="5"`, "")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	p := open(t, server.URL)
	p.visit("/")
	first := strings.Join(p.inspect("bad page"), "\n")
	p.visit("/order")
	second := strings.Join(p.inspect("bad page in order"), "\n")
	for _, want := range []string{
		"phone, light: color-contrast", "desk, dark: color-contrast", "html-has-lang", "image-alt", `want "before all"`,
		"narrow: it is 6",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("it does not find %q but\n%s", want, first)
		}
	}
	for _, want := range []string{
		`"unseen" does not show that it has the focus`, `"covered" has the focus and something lies over it`, `"up" comes after what is below it`,
	} {
		if !strings.Contains(second, want) {
			t.Errorf("it does not find %q but\n%s", want, second)
		}
	}
}
