package flasktest_test

import (
	"bytes"
	"encoding/json"
	"html/template"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// The tests of Flask's test_json.py that no other test stands for.

func TestMalformedJSONIsA400ThatSaysWhere(t *testing.T) {
	t.Parallel()
	for _, debug := range []bool{false, true} {
		app := newApp(t)
		configure(app, "DEBUG", debug)
		app.Post("/json", func(c *dewar.Context) error {
			var v any
			if err := c.BindJSON(&v); err != nil {
				return err
			}
			return c.JSON(v)
		}, dewar.Endpoint("json"))
		client := dewartest.New(t, app)
		for body, want := range map[string]string{"": "not valid JSON", "malformed": "at byte 1", `{"a":1`: "not valid JSON", `{"a":1}x`: "at byte 8"} {
			client.Post("/json", dewartest.Body("application/json", body)).Want(400, want)
		}
		client.Post("/json", dewartest.Body("application/json", `{"a":1}`)).Want(200, `"a":`)
	}
}

func TestJSONIsTakenUnderEachOfItsTypes(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/json", func(c *dewar.Context) error {
		var text string
		if err := c.BindJSON(&text); err != nil {
			return err
		}
		return c.Text(text)
	}, dewar.Endpoint("json"))
	client := dewartest.New(t, app)
	for contentType, want := range map[string]int{
		"application/json": 200, "application/x+json": 200, "application/vnd.api+json; charset=utf-8": 200, "text/json": 415, "text/plain": 415, "": 415,
	} {
		if res := client.Post("/json", dewartest.Body(contentType, `"foo"`)); res.StatusCode != want || want == 200 && res.Text() != "foo" {
			t.Errorf("%q: got %d %q, want %d", contentType, res.StatusCode, res.Text(), want)
		}
	}
}

func TestJSONAnswersComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	values := []any{
		0.0, -1.0, 1.0, 23.0, 3.14, "s", "longer string", true, false, nil, []any{0.0, 42.0, "t", true, []any{"test list", 2.0, false}, map[string]any{"test": "dict"}},
		map[string]any{"a": 0.0, "c": 3.14, "e": "Hi", "f": true, "h": []any{"test list", 10.0, false}, "i": map[string]any{"test": "dict"}},
	}
	app := newApp(t)
	app.Get("/{n:int}", func(c *dewar.Context) error { return c.JSON(values[c.Params().Int("n")]) }, dewar.Endpoint("value"))
	client := dewartest.New(t, app)
	for n, want := range values {
		res := client.Get(must1(app.URLFor("value", "n", n, dewar.Relative()))).Want(200)
		var got any
		must(t, json.Unmarshal(res.Body, &got))
		if !reflect.DeepEqual(got, want) || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
			t.Errorf("got %v as %q, want %v", got, res.Header.Get("Content-Type"), want)
		}
	}
}

// must1 is for what cannot fail.
func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestJSONOfAnAppGoesToAFileAndBack(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Build())
	var file bytes.Buffer
	_, _ = file.Write(must1(app.JSON.Marshal(dewar.Map{"name": "Flask"})))
	var got map[string]string
	must(t, app.JSON.Unmarshal(file.Bytes(), &got))
	if !reflect.DeepEqual(got, map[string]string{"name": "Flask"}) {
		t.Errorf("got %v", got)
	}
}

func TestAwareTimesInJSONAreGMT(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.JSON = dewar.HTTPDates(app.JSON)
	must(t, app.Build())
	for zone, hours := range map[string]int{"UTC": 0, "PST": -8, "KST": 9} {
		at := time.Date(2017, 1, 1, 12, 34, 56, 0, time.FixedZone(zone, hours*3600))
		want := `"` + at.UTC().Format("Mon, 02 Jan 2006 15:04:05") + ` GMT"`
		if got := string(bytes.TrimSpace(must1(app.JSON.Marshal(at)))); got != want {
			t.Errorf("%s: got %s, want %s", zone, got, want)
		}
	}
}

func TestUUIDsInJSONAreText(t *testing.T) {
	t.Parallel()
	id := dewar.UUID(bytes.Repeat([]byte{0xde, 0xad, 0xbe, 0xef}, 4))
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return c.JSON(dewar.Map{"x": id}) }, dewar.Endpoint("index"))
	res := dewartest.New(t, app).Get("/").Want(200, `"deadbeef-dead-beef-dead-beefdeadbeef"`)
	var got struct{ X dewar.UUID }
	if res.JSON(&got); got.X != id {
		t.Errorf("got %v, want %v", got.X, id)
	}
}

func TestJSONOfARequestIsBound(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/add", func(c *dewar.Context) error {
		var v struct{ A, B int }
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.JSON(v.A + v.B)
	}, dewar.Endpoint("add"))
	if got := dewartest.New(t, app).Post("/add", dewartest.JSON(dewar.Map{"a": 1, "b": 2})).Want(200).Text(); strings.TrimSpace(got) != "3" {
		t.Errorf("got %q, want 3", got)
	}
}

func TestValuesInAScriptAreJSONThatCannotEndIt(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(fstest.MapFS{"templates/p.html": {Data: []byte("<script>const data = {{.data}};</script><p data-v=\"{{.data | tojson}}\">")}}))
	configure(app, "SECRET_KEY", testKey)
	app.Get("/", func(c *dewar.Context) error {
		return c.Render("p.html", dewar.Map{"data": dewar.Map{"name": "</script>", "n": 7}})
	}, dewar.Endpoint("index"))
	const want = `<script>const data = {"n":7,"name":"\u003c/script\u003e"};</script><p data-v="{&#34;n&#34;:7,&#34;name&#34;:&#34;\u003c/script\u003e&#34;}">`
	if got := dewartest.New(t, app).Get("/").Want(200).Text(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// tagged writes and reads its number as {"_foo": 42}, as "<42>" when it goes out.
type tagged struct{ val int }

// taggingJSON is a provider that knows tagged.
type taggingJSON struct{ dewar.JSONProvider }

func (p taggingJSON) Marshal(v any) ([]byte, error) {
	if x, ok := v.(tagged); ok {
		v = "<" + string(must1(json.Marshal(x.val))) + ">"
	}
	return p.JSONProvider.Marshal(v)
}

func (p taggingJSON) Unmarshal(data []byte, v any) error {
	x, ok := v.(*tagged)
	if !ok {
		return p.JSONProvider.Unmarshal(data, v)
	}
	var object struct {
		Foo int `json:"_foo"`
	}
	if err := p.JSONProvider.Unmarshal(data, &object); err != nil {
		return err
	}
	x.val = object.Foo
	return nil
}

func TestProviderOfJSONMayBeReplaced(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.JSON = taggingJSON{app.JSON}
	app.Post("/", func(c *dewar.Context) error {
		var x tagged
		if err := c.BindJSON(&x); err != nil {
			return err
		}
		return c.JSON(x)
	}, dewar.Endpoint("index"))
	res := dewartest.New(t, app).Post("/", dewartest.Body("application/json", `{"_foo": 42}`)).Want(200)
	var got string
	if res.JSON(&got); got != "<42>" {
		t.Errorf("got %q, want <42>", got)
	}
}

func TestKeysOfJSONAreSorted(t *testing.T) {
	t.Parallel()
	values, want := map[int]string{}, []string{"{", `"values": {`}
	for _, n := range []int{0, 1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 2, 3, 4, 5, 6, 7, 8, 9} { // as text
		values[n] = "foo"
		want = append(want, `"`+string(must1(json.Marshal(n)))+`": "foo",`)
	}
	want[len(want)-1] = `"9": "foo"`
	want = append(want, "}", "}")
	app := newApp(t)
	configure(app, "DEBUG", true)
	app.Get("/", func(c *dewar.Context) error { return c.JSON(dewar.Map{"values": values}) }, dewar.Endpoint("index"))
	var got []string
	for line := range strings.Lines(strings.TrimSpace(dewartest.New(t, app).Get("/").Want(200).Text())) {
		got = append(got, strings.TrimSpace(line))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A heading is markup in its own way.
type heading struct{ text string }

func (h heading) MarshalText() ([]byte, error) { return []byte("<p>" + h.text + "</p>"), nil }

func TestMarkupInJSONIsText(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Build())
	for name, value := range map[string]any{"template.HTML": template.HTML("<p>test</p>"), "MarshalText": heading{"test"}} {
		var got string
		must(t, json.Unmarshal(must1(app.JSON.Marshal(value)), &got))
		if got != "<p>test</p>" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
