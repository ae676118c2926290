package debugtoolbar_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
	"github.com/dewar-go/dewar/dewartest"
)

// canary is a secret that is put everywhere, and must not be seen anywhere.
const canary = "c4n4ry-s3cr3t-9137"

func TestNoPageShowsASecret(t *testing.T) {
	t.Setenv("SHOP_SECRET", canary)
	s := newShop(t)
	set(t, s.app, dewar.Map{"API_KEY": canary, "GREETING": canary, "FROM_ENV": canary})
	client := dewartest.New(t, s.app)
	client.Post("/cart?q="+canary, dewartest.Form("name", canary, "password", canary),
		dewartest.Header("Authorization", "Bearer "+canary), dewartest.Header("X-Api", canary), dewartest.Header("User-Agent", canary),
		dewartest.Header("Referer", "http://localhost/"+canary), dewartest.Cookie("theme", canary)).Want(200)
	client.Post("/cart", dewartest.Form("name", canary), dewartest.File("photo", canary+".png", canary)).Want(200)
	client.Post("/json", dewartest.JSON(dewar.Map{"Name": canary, "list": []string{canary}})).Want(200)
	client.Post("/json", dewartest.Body("application/json", "not JSON "+canary)).Want(400)
	client.Get("/broken").Want(500)
	client.Get("/reset/" + canary).Want(200)
	client.Post("/reset/" + canary).Want(405)
	seen := 0
	for _, path := range append(keysOf(client), "", "toolbar.js", "toolbar.css", "bar.css") {
		page := client.Get(home + path).Want(200)
		seen++
		if bytes.Contains(page.Body, []byte(canary)) || strings.Contains(fmt.Sprint(page.Header), canary) {
			t.Errorf("%s shows a secret:\n%s", path, around(page.Text()))
		}
	}
	if seen != 11 {
		t.Errorf("looked at %d pages, want 11", seen)
	}
	if html := client.Get("/").Text(); !strings.Contains(html, "dewar-toolbar") || strings.Contains(html, canary) {
		t.Errorf("the bar is not there, or shows a secret: %s", html)
	}
}

func TestLiveRowsShowNoSecret(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newShop(t).app)
	defer server.Close()
	url := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", url+home+"events", nil)
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	resp, err := http.Get(url + "/reset/" + canary + "?q=" + canary)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	var text strings.Builder
	for buf := make([]byte, 1024); !strings.Contains(text.String(), "</tr>"); {
		n, err := stream.Body.Read(buf)
		if text.Write(buf[:n]); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(text.String(), canary) {
		t.Errorf("the row shows a secret: %s", text.String())
	}
}

// keysOf returns the keys of all requests in the list.
func keysOf(client *dewartest.Client) []string {
	var keys []string
	for _, m := range key.FindAllStringSubmatch(client.Get(home).Text(), -1) {
		keys = append(keys, m[1])
	}
	return keys
}

func around(text string) string {
	at := strings.Index(text, canary)
	return text[max(0, at-200):min(len(text), at+200)]
}

// TestClosedGateIsAsIfThereWereNoToolbar compares answers with those of an App that has none.
func TestClosedGateIsAsIfThereWereNoToolbar(t *testing.T) {
	t.Parallel()
	tries := 0
	for _, closed := range gates() {
		t.Run(closed.name, func(t *testing.T) {
			with, without := newShop(t).app, dewar.New("plain", dewar.RootPath(t.TempDir()))
			set(t, without, dewar.Map{"SECRET_KEY": testKey, "DEBUG": true})
			without.Logger = with.Logger
			without.Get("/", func(c *dewar.Context) error { return c.HTML("<html><body>Shop</body></html>") })
			opener := dewartest.New(t, with)
			opener.Get("/").Want(200)
			id := latestKey(t, opener)
			token := token(t, opener, id)
			if closed.production {
				set(t, with, dewar.Map{"DEBUG": false})
				set(t, without, dewar.Map{"DEBUG": false})
			}
			for _, ask := range [][2]string{
				{"GET", home}, {"HEAD", home}, {"GET", home + id}, {"GET", home + "events"}, {"GET", home + "toolbar.js"}, {"GET", home + "bar.css"},
				{"POST", home + id + "/repeat"}, {"OPTIONS", home}, {"DELETE", home + id}, {"GET", "/"}, {"GET", "/_debug/toolbar"},
			} {
				tries++
				got, want := answer(with, closed, ask, token), answer(without, closed, ask, token)
				if got != want {
					t.Errorf("%s %s: got\n%s\nwant\n%s", ask[0], ask[1], got, want)
				}
			}
		})
	}
	if tries < 200 {
		t.Errorf("%d tries, want 200", tries)
	}
}

// token returns what the page of a request proves itself by.
func token(t *testing.T, client *dewartest.Client, id string) string {
	t.Helper()
	_, rest, ok := strings.Cut(client.Get(home+id).Text(), `name="token" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	if !ok {
		t.Fatal("the page has no form")
	}
	return value
}

// A gate is a way in which it is shut.
type gate struct {
	name       string
	production bool
	remote     string
	local      string
	host       string
	header     [2]string
}

func gates() []gate {
	all := []gate{{name: "DEBUG is off", production: true}, {name: "the connection came to another address", local: "192.0.2.1:80"}}
	for _, remote := range []string{"192.0.2.7:1", "10.0.0.1:1", "[2001:db8::1]:1", "169.254.1.1:1", "@", ""} {
		all = append(all, gate{name: "from " + remote, remote: remote})
	}
	for _, host := range []string{"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost.", "127.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		all = append(all, gate{name: "host " + host, host: host})
	}
	for _, header := range [][2]string{
		{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-Host", "localhost"}, {"Forwarded", "for=127.0.0.1"}, {"X-Real-IP", "127.0.0.1"}, {"Via", "1.1 proxy"},
		{"Origin", "https://evil.example"},
	} {
		all = append(all, gate{name: "header " + header[0], header: header})
	}
	return all
}

// answer returns status, header and body, without what differs each time.
func answer(app *dewar.App, g gate, ask [2]string, token string) string {
	r := httptest.NewRequest(ask[0], ask[1], strings.NewReader("token="+token))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr, r.Host = "127.0.0.1:4711", "localhost:5000"
	if g.remote != "" || strings.HasPrefix(g.name, "from") {
		r.RemoteAddr = g.remote
	}
	if g.host != "" {
		r.Host = g.host
	}
	if g.header[0] != "" {
		r.Header.Set(g.header[0], g.header[1])
	}
	if g.local != "" {
		addr, _ := net.ResolveTCPAddr("tcp", g.local)
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, addr))
	}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return fmt.Sprint(rec.Code, rec.Header(), rec.Body)
}

func TestRecordingDoesNotShowWhatAFieldHolds(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, debugtoolbar.Field{Name: "key", Value: canary}); strings.Contains(got, canary) {
			t.Errorf("%s of a Field prints %q", verb, got)
		}
	}
}
