package dewar_test

import (
	"fmt"
	"iter"
	"net/http/httptest"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

func ExampleOffer() {
	app := dewar.New("example", dewar.FS(fstest.MapFS{"templates/tea.html": {Data: []byte("<h1>{{.name}}</h1>")}}))
	app.Get("/tea", func(c *dewar.Context) error {
		tea := dewar.Map{"name": "Assam"}
		return c.Negotiate(
			dewar.OfferPage("tea.html", tea),
			dewar.OfferJSON(tea),
			dewar.Offer{Type: "text/csv", Answer: func(c *dewar.Context) error { return c.Text("name\nAssam\n") }},
		)
	})
	for _, accept := range []string{"text/html,*/*;q=0.8", "application/json", "text/csv"} {
		r := httptest.NewRequest("GET", "/tea", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		fmt.Printf("%s %q\n", w.Header().Get("Content-Type"), w.Body)
	}
	// Output:
	// text/html; charset=utf-8 "<h1>Assam</h1>"
	// application/json "{\"name\":\"Assam\"}\n"
	// text/csv "name\nAssam\n"
}

func ExampleAuthorization() {
	app := dewar.New("example")
	app.Get("/", func(c *dewar.Context) error {
		a := c.Authorization()
		return c.Text(fmt.Sprintf("%s %s %v", a.Type, a.Username, a)) // printed as a whole it shows no password
	})
	r := httptest.NewRequest("GET", "/", nil)
	r.SetBasicAuth("ann", "kettle")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Body)
	// Output: basic ann Authorization("basic")
}

func ExampleContext_NotModified() {
	changed := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	app := dewar.New("example")
	app.Get("/report", func(c *dewar.Context) error {
		if done, err := c.NotModified("v7", changed); done {
			return err
		}
		return c.Text("a report that takes long")
	})
	for _, known := range []string{"", `"v7"`} {
		r := httptest.NewRequest("GET", "/report", nil)
		r.Header.Set("If-None-Match", known)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("ETag"), w.Body)
	}
	// Output:
	// 200 "v7" a report that takes long
	// 304 "v7"
}

func ExampleConditions() {
	r := httptest.NewRequest("GET", "/report", nil)
	r.Header.Set("If-None-Match", `"v6", W/"v7"`)
	r.Header.Set("Range", "bytes=0-99")
	said := dewar.ConditionsOf(r)
	fmt.Println(said.IfNoneMatch.HasWeak(`"v7"`), said.IfNoneMatch.Has(`"v7"`), said.Ranges, said.Status(`"v7"`, time.Time{}))
	// Output: true false [{0 99}] 304
}

func ExampleETags() {
	r := httptest.NewRequest("PUT", "/report", nil)
	r.Header.Set("If-Match", `"v6"`)
	fmt.Println(dewar.ConditionsOf(r).IfMatch.Has(`"v6"`))
	// Output: true
}

func ExampleByteRange() {
	offset, length, ok := dewar.ByteRange{First: -30, Last: -1}.Of(100)
	fmt.Println(offset, length, ok)
	// Output: 70 30 true
}

func ExampleStreamJSON() {
	rows := func() iter.Seq2[string, error] { // of a database, for one
		return func(yield func(string, error) bool) { _ = yield("Assam", nil) && yield("Keemun", nil) }
	}
	app := dewar.New("example")
	app.Get("/array", func(c *dewar.Context) error { return dewar.StreamJSON(c, rows()) })
	app.Get("/lines", func(c *dewar.Context) error { return dewar.StreamJSONLines(c, rows()) })
	for _, path := range []string{"/array", "/lines"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Print(w.Body)
	}
	// Output:
	// ["Assam","Keemun"]
	// "Assam"
	// "Keemun"
}

func ExamplePairs() {
	app := dewar.New("example")
	app.Get("/", func(c *dewar.Context) error {
		text := ""
		for key, value := range dewar.Pairs(c.Query()) {
			text += key + " " + value + "; "
		}
		return c.Text(text)
	})
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/?turn=left&go=100&turn=right", nil))
	fmt.Println(w.Body)
	// Output: turn left; go 100; turn right;
}

func ExamplePagination() {
	teas := []string{"Assam", "Keemun", "Sencha", "Darjeeling", "Rooibos"}
	app := dewar.New("example", dewar.FS(fstest.MapFS{"templates/teas.html": {Data: []byte(
		`{{range .page.Items}}<p>{{.}}</p>{{end}}{{if .page.HasNext}}<a href="{{.page.URL .page.NextNum}}">next</a>{{end}}`)}}))
	app.Get("/teas", func(c *dewar.Context) error {
		page, err := dewar.Paginate(c, len(teas), dewar.PerPage(2))
		if err != nil {
			return err
		}
		page.Items = teas[page.Offset():page.Last()]
		return c.Render("teas.html", dewar.Map{"page": page})
	})
	for _, query := range []string{"?sort=none", "?page=3", "?page=4"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", "/teas"+query, nil))
		if w.Code != 200 {
			fmt.Println(w.Code)
			continue
		}
		fmt.Println(w.Body)
	}
	// Output:
	// <p>Assam</p><p>Keemun</p><a href="/teas?sort=none&amp;page=2">next</a>
	// <p>Rooibos</p>
	// 404
}

func ExampleUpload() {
	app := dewar.New("example")
	app.Post("/", func(c *dewar.Context) error {
		uploads, err := c.Uploads()
		if err != nil {
			return err
		}
		text := ""
		for _, upload := range uploads {
			text += upload.Field + ": " + upload.File.Filename + "; "
		}
		return c.Text(text)
	})
	body := parts(`name="cover"; filename="tea.png"`, "...", `name="pages"; filename="1.txt"`, "...", `name="pages"; filename="2.txt"`, "...")
	fmt.Println(post(app, "/", inParts, body).Body)
	// Output: cover: tea.png; pages: 1.txt; pages: 2.txt;
}
