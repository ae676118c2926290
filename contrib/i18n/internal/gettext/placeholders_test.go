package gettext_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/i18n/internal/gettext"
)

func TestTranslationsThatNoProgramCanShowAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"misspelt", "msgid \"Hi %(name)s\"\nmsgstr \"Na %(nam)s\"", `de.po:1: the translation of "Hi %(name)s" asks for %(nam)s, which the message does not have; did you mean %(name)s?`},
		{"another", "\nmsgid \"Hi %(name)s\"\nmsgstr \"Na %(zebra)s\"", `de.po:2: the translation of "Hi %(name)s" asks for %(zebra)s, which the message does not have; the message`},
		{"plural", "msgid \"%(n)s a\"\nmsgid_plural \"%(n)s as\"\nmsgstr[0] \"%(n)s b\"\nmsgstr[1] \"%(m)s b\"", `did you mean %(n)s?`},
		{"no letter behind", "msgid \"Hi %(name)s\"\nmsgstr \"Na %(name)\"", `has "%(name)" in it, which is no placeholder; write %(name)s, and %% for`},
		{"bare percent sign", "msgid \"%(n)s %%\"\nmsgstr \"%(n)s %\"", `has "%" in it`},
		{"fewer", "msgid \"Hi %(name)s\"\nmsgstr \"Na\"", ""},
		{"the number of a plural", "msgid \"One\"\nmsgid_plural \"%(n)s\"\nmsgstr[0] \"%(num)s\"\nmsgstr[1] \"%(n)d\"", ""},
		{"a text that is not formatted", "msgid \"100% (sure)\"\nmsgstr \"100% %(sicher)\"", ""},
		{"an escaped sign", "msgid \"%(n)s %%(x)\"\nmsgstr \"%(n)s %%(y)\"", ""},
	} {
		c := parse(t, tt.source+"\n\nmsgid \"good\"\nmsgstr \"gut\"\n")
		if c.Gettext("good") != "gut" {
			t.Errorf("%s: the other messages are gone too", tt.name)
		}
		faults := c.Faults()
		if tt.want == "" {
			if len(faults) > 0 || c.Len() != 2 {
				t.Errorf("%s: left out: %v", tt.name, faults)
			}
			continue
		}
		if len(faults) != 1 || !strings.Contains(faults[0].Error(), tt.want) || c.Len() != 1 {
			t.Errorf("%s: got %v, want %s", tt.name, faults, tt.want)
		}
	}
}

func TestPluralFormsAreBlamedOnTheirLine(t *testing.T) {
	t.Parallel()
	_, err := gettext.Parse("de.po", []byte("# Title\nmsgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\"Plural-Forms: nplurals=2; plural=n !;\\n\"\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "de.po:5: the header Plural-Forms") {
		t.Errorf("got %v, want line 5", err)
	}
}
