package dewar_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestBindComparesWhatPointersPointTo(t *testing.T) {
	t.Parallel()
	type passwords struct {
		Password *string `form:"password"`
		Again    *string `form:"again" eqfield:"password"`
		Tags     []*int  `form:"tag" unique:"true"`
	}
	for body, want := range map[string]string{
		"password=a&again=a": "", "": "", "tag=1&tag=2": "", "password=a&again=b": "again: must be equal to password",
		"password=a": "again: must be equal to password", "tag=1&tag=1": "tag: must not have an item twice",
	} {
		err := bind(t, form(body), &passwords{})
		if (err == nil) != (want == "") || err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
	type lists struct {
		A *[]int `json:"a"`
		B *[]int `json:"b" eqfield:"a"`
	}
	if err := bind(t, jsonBody(`{}`), &lists{}); err == nil || !strings.Contains(err.Error(), `eqfield:"a"`) {
		t.Errorf("lists cannot be compared: got %v", err)
	}
}

type countsCalls struct{}

// A costly counts how often it is asked.
type costly struct {
	N    int      `form:"n" json:"n"`
	Rows []costly `form:"rows" json:"rows" maxitems:"2"`
}

func (*costly) Validate(ctx context.Context) error {
	*ctx.Value(countsCalls{}).(*int)++
	return nil
}

func TestBindCountsItemsBeforeItMakesThem(t *testing.T) {
	t.Parallel()
	type basket struct {
		Rows []costly          `form:"rows" json:"rows" maxitems:"2"`
		By   map[string]costly `form:"by" json:"by" maxitems:"2"`
		One  *costly           `form:"one" json:"one"`
	}
	for _, tt := range []struct{ contentType, body, want string }{
		{formType, "rows[0].n=1&rows[1].n=1&rows[2].n=x", "rows: must have at most 2 items"},
		{formType, "by[a].n=1&by[b].n=1&by[c].n=1", "by: must have at most 2 items"},
		{formType, "one.rows[0].n=1&one.rows[1].n=1&one.rows[2].n=1", "one.rows: must have at most 2 items"},
		{jsonType, `{"rows":[{},{},{"n":"x"}]}`, "rows: must have at most 2 items"},
		{jsonType, `{"by":{"a":{},"b":{},"c":{}}}`, "by: must have at most 2 items"},
		{jsonType, `{"one":{"rows":[{},{},{}]}}`, "one.rows: must have at most 2 items"},
		{jsonType, `{"rows":7}`, "rows: want a list"},
	} {
		app, calls := newApp(t), 0
		app.Post("/", func(c *dewar.Context) error {
			c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), countsCalls{}, &calls))
			err := c.Bind(&basket{})
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) || calls > 0 {
				t.Errorf("%s: got %v and %d calls, want %q and none", tt.body, err, calls, tt.want)
			}
			return c.NoContent()
		})
		post(app, "/", tt.contentType, tt.body)
	}
}

// A toldTexts counts the texts that it is asked for.
type toldTexts struct {
	dewar.Translator
	n int
}

func (g *toldTexts) Gettext(_ *dewar.Context, text string, _ ...any) string {
	g.n++
	return text
}

func TestBindRefusesManyUnknownMembersAtLittleCost(t *testing.T) {
	t.Parallel()
	app, texts := newApp(t), &toldTexts{}
	app.Translator = texts
	var err error
	app.Post("/", func(c *dewar.Context) error {
		var v struct {
			Text string `json:"text"`
		}
		err = c.Bind(&v, dewar.RefuseUnknown())
		return c.NoContent()
	})
	told := func(body string) []dewar.FieldError {
		t.Helper()
		post(app, "/", jsonType, body)
		bad, ok := errors.AsType[*dewar.HTTPError](err)
		if !ok {
			t.Fatalf("got %v", err)
		}
		return bad.Errors
	}
	var body strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&body, `"n%d":1,`, i)
	}
	if got := told("{" + body.String() + `"text":"a"}`); len(got) != 100 || texts.n > 110 {
		t.Errorf("got %d problems in %d texts, want 100", len(got), texts.n)
	}
	got := told(`{"` + strings.Repeat("é", 100_000) + `":1}`)
	if want := strings.Repeat("é", 100) + "…"; len(got) != 1 || got[0].Field != want {
		t.Errorf("got %d problems, the first of %d bytes, want %q", len(got), len(got[0].Field), want)
	}
}
