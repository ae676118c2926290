package flasktest_test

import (
	"crypto/rand"
	"html/template"
	"reflect"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// newUUID returns a random UUID, as Python's uuid4 does.
func newUUID() dewar.UUID {
	var id dewar.UUID
	_, _ = rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// TestSessionSpecialTypes sets what Flask's test sets, and looks at it in the next request: " m" apart, which comes back
// as text, each value has its type.
func TestSessionSpecialTypes(t *testing.T) { // test_session_special_types
	t.Parallel()
	now, id := time.Now().UTC().Truncate(time.Second), newUUID()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		s := c.Session()
		s.Set("t", dewar.Tuple{1, 2, 3})
		s.Set("b", []byte{0xff})
		s.Set("m", template.HTML("<html>"))
		s.Set("u", id)
		s.Set("d", now)
		s.Set("t_tag", dewar.Map{" t": "not-a-tuple"})
		s.Set("di_t_tag", dewar.Map{" t__": "not-a-tuple"})
		s.Set("di_tag", dewar.Map{" di": "not-a-dict"})
		return c.NoContent()
	})
	app.Get("/next", func(c *dewar.Context) error {
		for key, want := range map[string]any{
			"t": dewar.Tuple{int64(1), int64(2), int64(3)}, "b": []byte{0xff}, "m": template.HTML("<html>"), "u": id, "d": now,
			"t_tag": dewar.Map{" t": "not-a-tuple"}, "di_t_tag": dewar.Map{" t__": "not-a-tuple"}, "di_tag": dewar.Map{" di": "not-a-dict"},
		} {
			if got := c.Session().Get(key); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %#v, want %#v", key, got, want)
			}
		}
		return c.NoContent()
	})
	jar := map[string]string{}
	visit(t, app, "/", jar)
	visit(t, app, "/next", jar)
}

// TestDumpLoadUnchanged has the rows of Flask's test. Mappings are kept as the whole session and as a value in it, the
// others as a value, because a session is a mapping.
func TestDumpLoadUnchanged(t *testing.T) { // test_dump_load_unchanged
	t.Parallel()
	tuple, id, now := dewar.Tuple{int64(1), int64(2), int64(3)}, newUUID(), time.Now().UTC().Truncate(time.Second)
	for name, data := range map[string]any{
		`{" t": (1, 2, 3)}`:        dewar.Map{" t": tuple},
		`{" t__": b"a"}`:           dewar.Map{" t__": []byte("a")},
		`{" di": " di"}`:           dewar.Map{" di": " di"},
		`{"x": (1, 2, 3), "y": 4}`: dewar.Map{"x": tuple, "y": int64(4)},
		`(1, 2, 3)`:                tuple,
		`[(1, 2, 3)]`:              []any{tuple},
		`b"\xff"`:                  []byte{0xff},
		`uuid4()`:                  id,
		`datetime.utcnow()`:        now,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			comesBack(t, newApp(t), dewar.Map{"data": data, "nested": dewar.Map{"in": []any{data, dewar.Tuple{data}}}})
			if whole, ok := data.(dewar.Map); ok {
				comesBack(t, newApp(t), whole)
			}
		})
	}
}

func TestMarkupIsLoadedAsHTML(t *testing.T) { // test_dump_load_unchanged: Markup("<html>")
	t.Parallel()
	comesBack(t, newApp(t), dewar.Map{"data": template.HTML("<html>"), "text": "<html>", "in": []any{template.HTML("")}})
	for payload, want := range map[string]string{
		`{"data":{" m":"<html>"}}`: "<html>", `{"data":"<html>"}`: "&lt;html&gt;", `{"data":[{" m":"<b>"},"<i>"]}`: "[&lt;b&gt; &lt;i&gt;]",
	} {
		app, _ := pageApp(t, "templates/page.html", `{{session.data}}`)
		jar := map[string]string{"session": signPayload(t, payload)}
		if res, got := visitRead(t, app, "/page.html", jar); res.StatusCode != 200 || got != want {
			t.Errorf("%s: got %d %q in a template, want %q", payload, res.StatusCode, got, want)
		}
	}
}
