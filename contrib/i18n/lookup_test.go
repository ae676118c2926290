package i18n_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n"
)

// Jinja formats every text, so a translation with a percent sign of its own would be an error for a visitor.
func TestCatalogsGiveOnlyWhatCanBeFormatted(t *testing.T) {
	t.Parallel()
	const source = `msgid "Sale"
msgstr "50% billiger"

msgid "Offer"
msgstr "50%% billiger"

msgid "Empty"
msgstr "%(name)s"

msgid "%(num)s post"
msgid_plural "%(num)s posts"
msgstr[0] "%(num)s Beitrag"
msgstr[1] "%(num)s Beiträge"

msgctxt "c"
msgid "day"
msgid_plural "days"
msgstr[0] "Tag"
msgstr[1] "%(num)s Tage %"

msgctxt "c"
msgid "May"
msgstr "Mai%"
`
	app, log := newApp(t, nil)
	texts := newTexts(t, app, i18n.Options{Default: "de", Files: []fs.FS{fstest.MapFS{"de/LC_MESSAGES/messages.po": {Data: []byte(source)}}}})
	plain := texts.Catalogs()
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(strings.Join([]string{
			plain.Gettext(c, "Sale"), plain.Gettext(c, "Offer"), plain.Gettext(c, "Empty"), plain.NGettext(c, "%(num)s post", "%(num)s posts", 2),
			plain.NPGettext(c, "c", "day", "days", 1), plain.NPGettext(c, "c", "day", "days", 2), plain.PGettext(c, "c", "May"), plain.Gettext(c, "99%"),
		}, "|"))
	})
	want := "Sale|50%% billiger|Empty|%(num)s Beiträge|Tag|days|May|99%"
	for range 3 { // and the log says it once
		if got := get(app, "/").Body.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := strings.Count(log.String(), "translation left out"); got != 4 {
		t.Errorf("the log says %d translations: %s", got, log)
	}
}
