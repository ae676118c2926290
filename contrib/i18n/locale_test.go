package i18n_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n"
)

func TestLocaleIsThatOfTheFirstThatSaysOne(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, nil)
	user := func(c *dewar.Context) (string, error) {
		if c.Query().Has("away") {
			return "kasia", errors.New("the database is away")
		}
		return c.Query().String("user"), nil
	}
	texts := newTexts(t, app, i18n.Options{Locale: i18n.First(
		i18n.FromSession("lang"),
		i18n.FromUser(user, func(name string) string { return map[string]string{"kasia": "pl", "eve": "de_\r\nX: 1"}[name] }),
		i18n.FromAcceptLanguage(),
	)})
	app.Get("/set", func(c *dewar.Context) error { c.Session().Set("lang", c.Query().String("lang")); return c.NoContent() })
	app.Get("/", func(c *dewar.Context) error { return c.Text(texts.Locale(c) + " " + texts.Gettext(c, "Home")) })
	cookie := get(app, "/set?lang=de-AT").Header().Get("Set-Cookie")
	for _, tt := range []struct {
		name, target         string
		headers              []string
		want, language, vary string
	}{
		{"nothing", "/", nil, "en Home", "en", "Cookie,Accept-Language"},
		{"header", "/", []string{"Accept-Language", "fr, de;q=0.5, pl;q=0.4"}, "de Start", "de", "Cookie,Accept-Language"},
		{"user before the header", "/?user=kasia", []string{"Accept-Language", "de"}, "pl Home", "pl", "Cookie"},
		{"a user without a locale", "/?user=ada", []string{"Accept-Language", "de"}, "de Start", "de", "Cookie,Accept-Language"},
		{"a user who cannot be loaded", "/?away=1", []string{"Accept-Language", "de"}, "de Start", "de", "Cookie,Accept-Language"},
		{"a user's locale that is none", "/?user=eve", nil, "en Home", "en", "Cookie"},
		{"session before all", "/?user=kasia", []string{"Cookie", cookie, "Accept-Language", "pl"}, "de_AT Start", "de-AT", "Cookie"},
	} {
		w := get(app, tt.target, tt.headers...)
		got := strings.Join(w.Header().Values("Vary"), ",")
		if w.Body.String() != tt.want || w.Header().Get("Content-Language") != tt.language || !sameSet(got, tt.vary) {
			t.Errorf("%s: %q in %q, Vary %q; want %q in %q, Vary %q", tt.name, w.Body, w.Header().Get("Content-Language"), got, tt.want, tt.language, tt.vary)
		}
	}
}

func sameSet(a, b string) bool {
	set := map[string]bool{}
	for s := range strings.SplitSeq(a, ",") {
		set[strings.TrimSpace(s)] = true
	}
	wanted := strings.Split(b, ",")
	for _, s := range wanted {
		if !set[s] {
			return false
		}
	}
	return len(set) == len(wanted)
}

// A cache that keeps a page for each value of the headers in Vary never shows one language to a reader of another.
func TestCachesKeepLanguagesApart(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, nil)
	texts := newTexts(t, app, i18n.Options{Locale: i18n.First(i18n.FromSession("lang"), i18n.FromAcceptLanguage())})
	app.Get("/set", func(c *dewar.Context) error { c.Session().Set("lang", "de"); return c.NoContent() })
	app.Get("/", func(c *dewar.Context) error {
		return c.Header("Cache-Control", "public, max-age=60").Text(texts.Gettext(c, "Home"))
	})
	cookie := get(app, "/set").Header().Get("Set-Cookie")
	type page struct{ vary, key, body string }
	var cache []page
	key := func(vary string, headers map[string]string) string {
		var b strings.Builder
		for name := range strings.SplitSeq(vary, ",") {
			b.WriteString(headers[strings.TrimSpace(name)] + "|")
		}
		return b.String()
	}
	hits := 0
	for range 3 {
		for _, headers := range []map[string]string{{}, {"Accept-Language": "de"}, {"Accept-Language": "pl"}, {"Cookie": cookie}, {"Cookie": cookie, "Accept-Language": "en"}} {
			var pairs []string
			for name, value := range headers {
				pairs = append(pairs, name, value)
			}
			w := get(app, "/", pairs...)
			vary, fresh := strings.Join(w.Header().Values("Vary"), ","), w.Body.String()
			cached := false
			for _, p := range cache {
				if p.key == key(p.vary, headers) {
					cached = true
					hits++
					if p.body != fresh {
						t.Errorf("%v gets %q from the cache, want %q", headers, p.body, fresh)
					}
				}
			}
			if !cached {
				cache = append(cache, page{vary, key(vary, headers), fresh})
			}
		}
	}
	if hits < 10 {
		t.Errorf("%d pages came from the cache, want 10 at least", hits)
	}
}

func TestForceLocaleAndRefresh(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, map[string]string{"mail.txt": `{{_ "Home"}}`})
	texts := newTexts(t, app, i18n.Options{Locale: i18n.FromSession("lang")})
	broken := errors.New("broken")
	app.Get("/", func(c *dewar.Context) error {
		said := []string{texts.Gettext(c, "January")}
		err := texts.ForceLocale(c, "de-AT", func() error {
			said = append(said, texts.Gettext(c, "January"), texts.Locale(c))
			return errors.Join(broken, texts.ForceLocale(c, "de", func() error { said = append(said, texts.Gettext(c, "January")); return nil }))
		})
		if !errors.Is(err, broken) {
			t.Errorf("ForceLocale returns %v", err)
		}
		said = append(said, texts.Gettext(c, "January"))
		c.Session().Set("lang", "de")
		said = append(said, texts.Gettext(c, "January"))
		texts.Refresh(c)
		return c.Text(strings.Join(append(said, texts.Gettext(c, "January")), " "))
	})
	w := get(app, "/")
	if got, want := w.Body.String(), "January Jänner de_AT Januar January January Januar"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := w.Header().Get("Content-Language"); got != "de" {
		t.Errorf("Content-Language is %q", got)
	}
	mail, err := app.RenderString(i18n.WithLocale(context.Background(), "de"), "mail.txt", nil)
	if err != nil || mail != "Start" {
		t.Errorf("a mail is %q, %v", mail, err)
	}
}

func TestContentLanguageOfTheApplicationStays(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, nil)
	texts := newTexts(t, app, i18n.Options{Locale: byQuery})
	app.Get("/own", func(c *dewar.Context) error {
		return c.Header("Content-Language", "de, en").Text(texts.Gettext(c, "Home"))
	})
	app.Get("/plain", func(c *dewar.Context) error { return c.Text("plain") })
	app.Get("/", func(c *dewar.Context) error { return c.Text(texts.Gettext(c, "Home")) })
	app.Get("/fails", func(c *dewar.Context) error { texts.Gettext(c, "Home"); return dewar.Abort(404) })
	for _, tt := range []struct{ target, want string }{
		{"/own?lang=de", "de, en"}, {"/plain?lang=de", ""}, {"/?lang=de", "de"}, {"/?lang=fr", ""}, {"/?lang=en", "en"}, {"/fails?lang=de", ""},
	} {
		if got := get(app, tt.target).Header().Get("Content-Language"); got != tt.want {
			t.Errorf("%s: Content-Language is %q, want %q", tt.target, got, tt.want)
		}
	}
}

func TestFirstRefusesNothing(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a nil selector is taken")
		}
	}()
	i18n.First(nil)
}

func TestGoroutinesOfOneRequestTranslate(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, nil)
	texts := newTexts(t, app, i18n.Options{Locale: i18n.First(byQuery, i18n.FromAcceptLanguage())})
	app.Get("/", func(c *dewar.Context) error {
		texts.Locale(c)
		var all sync.WaitGroup
		var wrong atomic.Int64
		for range 8 {
			all.Go(func() {
				for range 50 {
					if texts.Gettext(c, "Home") != "Start" || texts.Locale(c) != "de" {
						wrong.Add(1)
					}
					_ = texts.ForceLocale(c, "de", func() error { return nil })
				}
			})
		}
		all.Wait()
		return c.Text(fmt.Sprint(wrong.Load()))
	})
	got := get(app, "/", "Accept-Language", "de, en;q=0.5")
	if got.Body.String() != "0" || got.Header().Get("Content-Language") != "de" || got.Header().Get("Vary") != "Accept-Language" {
		t.Errorf("got %s wrong texts, %v", got.Body, got.Header())
	}
}
