package dewar_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestFlashedMessages(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/flash", func(c *dewar.Context) error {
		c.Flash("saved")
		c.Flash("no such user", "error")
		return c.Text("ok")
	})
	app.Get("/show", func(c *dewar.Context) error {
		var all []string
		for _, m := range c.FlashedMessages() {
			all = append(all, m.Category+":"+m.Message)
		}
		for _, m := range c.FlashedMessages("error") {
			all = append(all, "only "+m.Message)
		}
		return c.JSON(all)
	})
	app.Get("/none", func(c *dewar.Context) error { c.FlashedMessages(); return c.Text("ok") })
	jar := map[string]string{}
	visit(t, app, "/flash", jar)
	var got []string
	if err := json.Unmarshal([]byte(visitBody(t, app, "/show", jar)), &got); err != nil {
		t.Fatal(err)
	}
	if want := []string{"message:saved", "error:no such user", "only no such user"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if res := visit(t, app, "/show", jar); len(jar) != 0 {
		t.Errorf("the messages were not taken out of the session: %v", res.Header)
	}
	if res := visit(t, app, "/none", map[string]string{}); len(res.Header["Set-Cookie"]) > 0 {
		t.Error("asking for messages when there are none sets a cookie")
	}
}

func TestMessageFlashedAfterTheFirstReadIsKeptForTheNextRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Flash("early")
		first := c.FlashedMessages()
		c.Flash("late")
		if second := c.FlashedMessages(); len(first) != 1 || len(second) != 1 || second[0].Message != "early" {
			t.Errorf("got %v, then %v, want early both times", first, second)
		}
		return c.Text("ok")
	})
	app.Get("/next", func(c *dewar.Context) error {
		if got := c.FlashedMessages(); len(got) != 1 || got[0].Message != "late" {
			t.Errorf("the next request got %v, want late", got)
		}
		return c.Text("ok")
	})
	jar := map[string]string{}
	visit(t, app, "/", jar)
	visit(t, app, "/next", jar)
	if len(jar) > 0 {
		t.Errorf("the session was not emptied: %v", jar)
	}
}
