package dewar_test

import (
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func TestChangeInACookie(t *testing.T) {
	t.Parallel()
	app := dewar.New("app", dewar.RootPath(t.TempDir()))
	if err := app.Config.Set("SECRET_KEY", "a key for tests of Change"); err != nil {
		t.Fatal(err)
	}
	app.Get("/count", func(c *dewar.Context) error {
		c.Session().Change("n", func(old any) any { n, _ := old.(int64); return n + 1 })
		return c.JSON(c.Session().Int("n"))
	})
	app.Get("/add", func(c *dewar.Context) error {
		c.Session().Change("cart", func(old any) any {
			cart, _ := old.(map[string]any)
			if cart == nil {
				cart = map[string]any{}
			}
			cart["apples"] = 2
			return cart
		})
		return c.JSON(c.Session().Map("cart"))
	})
	app.Get("/remove", func(c *dewar.Context) error {
		c.Session().Change("n", func(any) any { return nil })
		return c.JSON(c.Session().Keys())
	})
	app.Get("/bad", func(c *dewar.Context) error {
		c.Session().Change("n", func(any) any { return func() {} })
		return c.Text("page")
	})
	client := dewartest.New(t, app)
	client.Get("/count").Want(200, "1")
	client.Get("/count").Want(200, "2")
	client.Get("/add").Want(200, `{"apples":2}`)
	client.Get("/bad").Want(500)
	client.Get("/count").Want(200, "3")
	client.Get("/remove").Want(200, `["cart"]`)
}

func TestChangeTakesWhatWasHandedOut(t *testing.T) {
	t.Parallel()
	s := dewar.NewSession()
	s.Set("m", dewar.Map{"a": 1})
	s.Map("m")["b"] = 2
	s.Change("m", func(old any) any { old.(map[string]any)["c"] = 3; return old })
	if got := s.Map("m"); len(got) != 3 {
		t.Errorf("got %v, want a, b and c", got)
	}
}

func TestStateOfASession(t *testing.T) {
	t.Parallel()
	stored := dewar.Stored(dewar.NewSession())
	if got := stored.State(); got != nil {
		t.Errorf("got %v of a new session", got)
	}
	if stored.SetState(7); stored.State() != 7 {
		t.Errorf("got %v, want 7", stored.State())
	}
}

func TestValuesAreRestoredOneByOne(t *testing.T) {
	t.Parallel()
	s := dewar.NewSession()
	s.Set("a", 1)
	s.Set("u", dewar.UUID{1})
	values, err := dewar.Stored(s).Values()
	if err != nil {
		t.Fatal(err)
	}
	values["bad"] = "{"
	back := dewar.NewSession()
	lost := dewar.Stored(back).Restore(values)
	if len(lost) != 1 || lost[0] != "bad" || back.Int("a") != 1 || back.Get("u") != (dewar.UUID{1}) || back.IsNew() || back.Modified() {
		t.Errorf("got %v, new %t, modified %t, lost %q", back, back.IsNew(), back.Modified(), lost)
	}
}

func TestStoredBeforeIsWhatTheSessionHadForObserversInDebug(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		debug    bool
		observer dewar.Observer
		want     string
	}{
		{"observed in DEBUG", true, func(*dewar.Context, dewar.Station, string) func(error) { return nil }, "1"},
		{"observed", false, func(*dewar.Context, dewar.Station, string) func(error) { return nil }, ""},
		{"in DEBUG", true, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			must(t, app.Config.Set("DEBUG", tt.debug))
			app.Observer = tt.observer
			var before []byte
			app.Get("/", func(c *dewar.Context) error {
				s := c.Session()
				s.Set("n", s.Int("n")+1)
				before = dewar.Stored(s).Before("n")
				return c.NoContent()
			})
			client := dewartest.New(t, app)
			client.Get("/").Want(204)
			if before != nil {
				t.Errorf("a new session: got %q, want nothing", before)
			}
			client.Get("/").Want(204)
			if string(before) != tt.want {
				t.Errorf("got %q, want %q", before, tt.want)
			}
		})
	}
}
