package gettext_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/contrib/i18n/internal/gettext"
)

// german is a catalog with all that a .po file can have.
const german = `# Title.
#, fuzzy
msgid ""
msgstr ""
"Language: de\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: page.html:3
msgid "Home"
msgstr "Startseite"

msgctxt "house"
msgid "Home"
msgstr "Zuhause"

#, c-format, fuzzy
msgid "Guess"
msgstr "Rate"

msgid "Nothing"
msgstr ""

#, python-format
msgid "%(n)s page"
msgid_plural "%(n)s pages"
msgstr[0] "%(n)s Seite"
msgstr[1] ""
"%(n)s "
"Seiten"

msgctxt "book"
msgid "page"
msgid_plural "pages"
msgstr[0] "Blatt"
msgstr[1] "Blätter"

#~ msgid "Old"
#~ msgstr "Alt"

msgid "a\tb\"c\\\n\x41\101" "d"
msgstr "e"
`

func parse(t *testing.T, source string) *gettext.Catalog {
	t.Helper()
	c, err := gettext.Parse("de.po", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogTranslates(t *testing.T) {
	t.Parallel()
	c := parse(t, german)
	for _, tt := range []struct{ name, got, want string }{
		{"text", c.Gettext("Home"), "Startseite"},
		{"context", c.PGettext("house", "Home"), "Zuhause"},
		{"another context", c.PGettext("tree", "Home"), "Home"},
		{"fuzzy", c.Gettext("Guess"), "Guess"},
		{"not translated", c.Gettext("Nothing"), "Nothing"},
		{"obsolete", c.Gettext("Old"), "Old"},
		{"unknown", c.Gettext("What?"), "What?"},
		{"the header is no text", c.Gettext(""), ""},
		{"one", c.NGettext("%(n)s page", "%(n)s pages", 1), "%(n)s Seite"},
		{"none", c.NGettext("%(n)s page", "%(n)s pages", 0), "%(n)s Seiten"},
		{"many in a context", c.NPGettext("book", "page", "pages", 3), "Blätter"},
		{"one unknown", c.NGettext("tree", "trees", 1), "tree"},
		{"many unknown", c.NPGettext("wood", "tree", "trees", 2), "trees"},
		{"a plural without a number", c.Gettext("%(n)s page"), "%(n)s Seite"},
		{"a number without a plural", c.NGettext("Home", "Homes", 2), "Homes"},
		{"escapes", c.Gettext("a\tb\"c\\\nAAd"), "e"},
		{"header", c.Header("language"), "de"},
		{"nil", (*gettext.Catalog)(nil).Gettext("Home"), "Home"},
		{"nil, many", (*gettext.Catalog)(nil).NGettext("a", "b", 2), "b"},
		{"nil header", (*gettext.Catalog)(nil).Header("Language"), ""},
		{"length", fmt.Sprint(c.Len(), (*gettext.Catalog)(nil).Len()), "5 0"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestFallbackIsAskedForWhatIsMissing(t *testing.T) {
	t.Parallel()
	austrian := parse(t, "msgid \"January\"\nmsgstr \"Jänner\"\nmsgid \"Home\"\nmsgstr \"Daheim\"\n")
	english := parse(t, "msgid \"colour\"\nmsgstr \"color\"\n")
	c := austrian.WithFallback(parse(t, german)).WithFallback(english)
	for _, tt := range []struct{ got, want string }{
		{c.Gettext("January"), "Jänner"},
		{c.Gettext("Home"), "Daheim"},
		{c.PGettext("house", "Home"), "Zuhause"},
		{c.NGettext("%(n)s page", "%(n)s pages", 2), "%(n)s Seiten"},
		{c.Gettext("colour"), "color"},
		{austrian.Gettext("colour"), "colour"},
		{(*gettext.Catalog)(nil).WithFallback(english).Gettext("colour"), "color"},
		{austrian.WithFallback(nil).Gettext("colour"), "colour"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestCatalogIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	c := parse(t, german)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			if got := c.NPGettext("book", "page", "pages", n+2); got != "Blätter" {
				t.Errorf("got %q", got)
			}
		})
	}
	wg.Wait()
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	header := "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=%s\\n\"\n\nmsgid \"a\"\nmsgstr \"%s\"\n"
	for _, tt := range []struct{ charset, bytes, want string }{
		{"UTF-8", "\u00e9", "é"},
		{"ISO-8859-1", "\xe9", "é"},
		{"CHARSET", "\u00e9", "é"},
		{"ascii", "e", "e"},
	} {
		if got := parse(t, fmt.Sprintf(header, tt.charset, tt.bytes)).Gettext("a"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.charset, got, tt.want)
		}
	}
	if got := parse(t, "\ufeffmsgid \"a\"\r\nmsgstr \"b\"\r\n").Gettext("a"); got != "b" {
		t.Errorf("byte order mark and CRLF: got %q", got)
	}
}

func TestMalformedPOFilesAreErrorsWithALine(t *testing.T) {
	t.Parallel()
	head := "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=%s\\n\"\n\"Plural-Forms: %s\\n\"\n"
	for _, tt := range []struct{ name, source, want string }{
		{"keyword", "\nmsgstring \"a\"", `2: unknown keyword "msgstring"`},
		{"rubbish", "<html>", `1: expected a string between double quotes, got "<html>"`},
		{"no string", "msgid", `1: expected a string`},
		{"open string", "msgid \"a\nmsgstr \"b\"", "1: the string is not closed"},
		{"escaped end", `msgid "a\"`, "1: the string is not closed"},
		{"escape", `msgid "\q"`, `1: invalid escape \q"`},
		{"hexadecimal", `msgid "\xg"`, `1: invalid escape \xg"`},
		{"behind a string", `msgid "a" b`, `1: expected a string between double quotes, got "b"`},
		{"string first", "\n\"a\"", "2: a string stands here without a keyword"},
		{"no msgstr", "msgid \"a\"\n\n# b\n", "1: the message has no msgstr"},
		{"two msgids", "msgid \"a\"\nmsgid \"b\"\nmsgstr \"c\"", "2: msgid twice in the message of line 1"},
		{"two msgstrs", "msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"", "3: msgstr twice in the message of line 1"},
		{"msgstr first", "msgstr \"a\"", "1: msgstr without a msgid"},
		{"form without plural", "msgid \"a\"\nmsgstr[0] \"b\"", "2: msgstr[0] without a msgid_plural"},
		{"form left out", "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\nmsgstr[2] \"d\"", "4: the next translation of the message of line 1 must be msgstr[1]"},
		{"form without number", "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr \"c\"", "3: the next translation of the message of line 1 must be msgstr[0]"},
		{"open index", "msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0 \"c\"", "3: msgstr[ is not closed"},
		{"plural first", "msgid_plural \"a\"", "1: msgid_plural is in the wrong place"},
		{"context alone", "msgctxt \"a\"\n", "1: the message has no msgstr"},
		{"two contexts", "msgctxt \"a\"\nmsgctxt \"b\"", "2: msgctxt twice"},
		{"context behind", "msgid \"a\"\nmsgctxt \"b\"", "2: msgctxt is in the wrong place"},
		{"duplicate", "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"", "4: the message is here and in line 1"},
		{"charset", fmt.Sprintf(head, "KOI8-R", "nplurals=2; plural=n"), `1: the charset "KOI8-R" is not supported; convert the catalog: msgconv --to-code=UTF-8`},
		{"not UTF-8", "msgid \"a\"\nmsgstr \"\xff\"", "1: the text \"\\xff\" is not UTF-8"},
		{"plural forms", fmt.Sprintf(head, "UTF-8", "nplurals=2; plural=n !"), `4: the header Plural-Forms needs "plural=" with an expression such as n != 1: unexpected "!"`},
		{"no expression", fmt.Sprintf(head, "UTF-8", "2"), `4: the header Plural-Forms needs "plural=" with an expression such as n != 1: it ends too early`},
		{"number of forms", fmt.Sprintf(head, "UTF-8", "nplurals=x; plural=n"), `4: the header Plural-Forms needs "nplurals=" with a number from 1 to 1000, not "x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := gettext.Parse("de.po", []byte(tt.source))
			var failure *gettext.Error
			if !errors.As(err, &failure) || !strings.HasPrefix(err.Error(), "de.po:"+tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// mo writes a .mo file.
func mo(order binary.AppendByteOrder, pairs ...string) []byte {
	n := len(pairs) / 2
	head, texts := []byte{}, []byte{}
	for _, number := range []int{0x950412de, 0, n, 28, 28 + 8*n, 0, 28 + 16*n} {
		head = order.AppendUint32(head, uint32(number))
	}
	for _, column := range []int{0, 1} {
		for i := range n {
			text := pairs[2*i+column]
			head = order.AppendUint32(head, uint32(len(text)))
			head = order.AppendUint32(head, uint32(28+16*n+len(texts)))
			texts = append(texts, text+"\x00"...)
		}
	}
	return append(head, texts...)
}

func TestMOFilesOfBothByteOrders(t *testing.T) {
	t.Parallel()
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		c, err := gettext.Parse("de.mo", mo(order, "", "Plural-Forms: nplurals=3; plural=n>2?2:n>1;\n", "a", "b", "c\x04a", "d", "e\x00f", "0\x001\x002"))
		if err != nil {
			t.Fatal(err)
		}
		if got := []string{c.Gettext("a"), c.PGettext("c", "a"), c.NGettext("e", "f", 1), c.NGettext("e", "f", 2), c.NGettext("e", "f", 7)}; strings.Join(got, " ") != "b d 0 1 2" {
			t.Errorf("got %q", got)
		}
	}
}

func TestCorruptMOFilesAreErrors(t *testing.T) {
	t.Parallel()
	patch := func(offset int, number uint32) []byte {
		data := mo(binary.LittleEndian, "", "Language: de\n", "a", "b")
		binary.LittleEndian.PutUint32(data[offset:], number)
		return data
	}
	var overlapping []byte
	for _, number := range []uint32{0x950412de, 0, 1000, 20, 20} {
		overlapping = binary.LittleEndian.AppendUint32(overlapping, number)
	}
	for range 1000 {
		overlapping = binary.LittleEndian.AppendUint32(overlapping, 8000)
		overlapping = binary.LittleEndian.AppendUint32(overlapping, 20)
	}
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"short", mo(binary.LittleEndian)[:19], "the file ends inside its header"},
		{"version", patch(4, 2<<16), "the file has version 2"},
		{"count", patch(8, 1<<32-1), "its tables of 4294967295 texts reach beyond its end"},
		{"originals", patch(12, 1<<32-8), "its tables of 2 texts reach beyond its end"},
		{"translations", patch(16, 1<<31), "its tables of 2 texts reach beyond its end"},
		{"length", patch(28, 1<<32-1), "a text of 4294967295 bytes at 60 reaches beyond its end"},
		{"place", patch(32, 1<<32-1), "a text of 0 bytes at 4294967295 reaches beyond its end"},
		{"overlapping", overlapping, "its texts lie over each other"},
		{"not UTF-8", mo(binary.BigEndian, "a", "\xff"), "is not UTF-8"},
		{"plural", mo(binary.BigEndian, "", "Plural-Forms: nplurals=2; plural=m;\n"), `unexpected "m"`},
		{"charset", mo(binary.BigEndian, "", "Content-Type: text/plain; charset=EUC-JP\n"), `the charset "EUC-JP" is not supported`},
	} {
		_, err := gettext.Parse("de.mo", tt.data)
		var failure *gettext.Error
		if !errors.As(err, &failure) || !strings.HasPrefix(err.Error(), "de.mo: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got the error %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestPluralFormsAreBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ expression, want string }{
		{strings.Repeat("(", 400) + "n" + strings.Repeat(")", 400), "nested more than 50 levels deep"},
		{strings.Repeat("!", 400) + "n", "unexpected"},
		{strings.Repeat("n?n:", 200) + "n", "nested more than 50 levels deep"},
		{strings.Repeat("n+", 600) + "n", "1201 bytes, and 1000 are the most"},
		{"", "it ends too early"},
		{"n ? 1", "it ends too early"},
		{"(n", "it ends too early"},
		{"n)", `unexpected ")"`},
		{"n = 1", `unexpected "="`},
		{"99999999999999999999", "unexpected"},
		{"nn", `unexpected "n"`},
	} {
		_, err := gettext.Parse("de.po", fmt.Appendf(nil, "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=%s;\\n\"\n", tt.expression))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.30s: got the error %v, want %s", tt.expression, err, tt.want)
		}
	}
}

func TestPluralFormsWithoutTheirNumber(t *testing.T) {
	t.Parallel()
	c := parse(t, "msgid \"\"\nmsgstr \"Plural-Forms: nplural=1; plural=0;\\n\"\n\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\n")
	if got := c.NGettext("a", "b", 7); got != "c" {
		t.Errorf("got %q, want c", got)
	}
}

// A form that there is not, and a division by zero, give the text that has no translation.
func TestPluralsWithoutAFormAreNotTranslated(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{"n", "0-1", "1/0", "n%0", "5", "1/0 ? 1 : 0", "1 && 1/0"} {
		c := parse(t, "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural="+expression+";\\n\"\n\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"c\"\nmsgstr[1] \"d\"\n")
		if got := c.NGettext("a", "b", 7); got != "b" {
			t.Errorf("%s: got %q, want b", expression, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(german), 3)
	f.Add(mo(binary.LittleEndian, "", "Language: de\nPlural-Forms: nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n>2 || !n ? 1 : 2;\n", "a\x00b", "c\x00d"), 1)
	f.Add(mo(binary.BigEndian, "", "Content-Type: text/plain; charset=latin1\n", "a", "\xe9"), -1)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		c, err := gettext.Parse("x", data)
		if err != nil {
			if failure, ok := err.(*gettext.Error); !ok || failure.Line < 0 {
				t.Errorf("got the error %#v", err)
			}
			return
		}
		c.NGettext("a", "b", n)
		c.Gettext("a")
	})
}
