package escape_test

import (
	"errors"
	"flag"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// suffixes are texts behind a value that mean different things in different places.
var suffixes = []string{"", "/a", `"`, `'`, "`", ">", "-->", " x=", "</script>", "*/", ")", "}", "\n", ";", "e", "<b>", "]]>", "${", "=", "a:b"}

var urlWords = regexp.MustCompile(`an? (argument in the query of a URL|data: URL)|(a|the) ([a-z]+ of a )?URL|the content of meta`)

// places says where text behind s stands, in whatever part of a URL.
func places(s escape.State) string {
	var b strings.Builder
	for _, suffix := range suffixes {
		after, err := s.Text(suffix)
		if err != nil {
			return "an error"
		}
		b.WriteString(urlWords.ReplaceAllString(after.String(), "URL") + "\n")
	}
	return b.String()
}

// FuzzAppend writes any value behind any text. What is written, read again as if it stood in the template, leads to where Append says it does, and
// to where a harmless value leads: it neither ends what it stands in nor begins anything.
func FuzzAppend(f *testing.F) {
	for i, s := range spots {
		f.Add(strings.Split(s.page, "{{}}")[0], attacks[i%len(attacks)], "abc")
	}
	for i, a := range attacks {
		f.Add(samples[i%len(samples)][:i%100], a, a)
	}
	f.Fuzz(func(t *testing.T, text, v, w string) {
		began := time.Now()
		staysInPlace(t, text, v, w)
		if n := len(text) + len(v) + len(w); time.Since(began) > time.Duration(1000+n)*time.Millisecond {
			t.Fatalf("%d bytes took %v", n, time.Since(began))
		}
	})
}

// tokens are what random pages and values are put together of.
var tokens = []string{"<", ">", "/", "=", `"`, "'", "`", " ", "\n", "&", ";", ":", "#", "?", "-", "--", "!", "[", "]", "(", ")", "{", "}", "$", "${", "\\", "//", "/*", "*/", "%", "%2",
	"2", "a", "abc", "on", "x", "1", "<p ", "<a href=", "<a href=\"", "<p onclick='", "<p onclick=\"", "<p style=\"", " style=", " title=", "<!--", "-->", "--!>", "<script>", "</script>",
	"</scr", "ipt", "script", "<script type=\"text/html\">", "<script type=", "module", "<style>", "</style>", "</sty", "le>", "<svg>", "</svg>", "<title>", "</title>", "<textarea>", "</textarea>", "<![CDATA[",
	"]]>", "<iframe srcdoc=\"", "<iframe srcdoc='", "<foreignObject>", "<!doctype ", "<?", "javascript:", "java", "script:", "data:", "http:", "url(", "url('", "return ", "if (", "var a = ",
	"&quot;", "&#39;", "&#", "106", "&am", "p;", "&lt;", "&Tab", "\x00", "\u2028", "é", "\xff", "0;", "url=", "<meta content=\"", "<img srcset=\"", "<xmp>", "content", "@import", "=>", "++", ".",
	"https://x.org/a?b=c&d=e", "rgb(1,2,3)", "<b", "</b", "<plaintext>", "data-", "xlink:href=", "@click=\"", "\r", "\t", "\f", "+", "^", ","}

func randomText(random *rand.Rand, n int) string {
	var b strings.Builder
	for range random.IntN(n) {
		b.WriteString(tokens[random.IntN(len(tokens))])
	}
	return b.String()
}

// TestAppend_RandomPages does as FuzzAppend does, with texts that look like pages.
func TestAppend_RandomPages(t *testing.T) {
	t.Parallel()
	rounds := 4000
	if *many > 0 {
		rounds = *many
	}
	random := rand.New(rand.NewPCG(3, uint64(rounds)))
	for range rounds {
		staysInPlace(t, randomText(random, 12), randomText(random, 5), randomText(random, 4))
	}
}

var cutReference = regexp.MustCompile(`&[#0-9A-Za-z]*$`)

// TestText_RandomPages cuts random pages in two: the State behind is the same.
func TestText_RandomPages(t *testing.T) {
	t.Parallel()
	rounds := max(4000, *many)
	random := rand.New(rand.NewPCG(4, uint64(rounds)))
	for range rounds {
		first, second := randomText(random, 12), randomText(random, 6)
		if cutReference.MatchString(first) {
			continue // a path may become a fragment there, or fail: it is told apart from a scheme only
		}
		whole, err := escape.State{}.Text(first + second)
		if err != nil {
			continue
		}
		s, err := escape.State{}.Text(first)
		if err == nil {
			s, err = s.Text(second)
		}
		if errors.Is(err, escape.ErrReference) || errors.Is(err, escape.ErrPages) {
			continue
		}
		if s != whole || err != nil {
			t.Fatalf("%q + %q: got %+v %v, want %+v", first, second, s, err, whole)
		}
	}
}

var many = flag.Int("many", 0, "how many random pages are written instead of a few")

// staysInPlace writes v and w behind text.
func staysInPlace(t *testing.T, text, v, w string) {
	t.Helper()
	s, err := escape.State{}.Text(text)
	if err != nil {
		return
	}
	b, after, err := s.Append(nil, v)
	if err != nil {
		t.Fatalf("%q behind %q: %v", v, text, err)
	}
	b2, _, _ := after.Append(nil, w)
	for _, language := range []value.Language{value.HTML, value.Attributes, value.JavaScript} {
		if _, _, err := s.AppendMarkup(nil, value.Markup{Text: v, Language: language}); err != nil && language != value.HTML {
			t.Fatalf("markup %q behind %q: %v", v, text, err)
		}
	}
	read, err := s.Text(string(b))
	if err != nil {
		t.Fatalf("%q behind %q: %q cannot be read: %v", v, text, b, err)
	}
	if strings.Contains(s.String(), "type of a script") {
		return // the script runs, whatever the value says
	}
	if got, want := places(read), places(after); got != want && got != "an error" && want != "an error" {
		t.Fatalf("%q behind %q: behind %q is %s, want %s", v, text, b, got, want)
	}
	if v == "" || w == "" || opens(s) {
		return
	}
	if read, err = s.Text(string(b) + string(b2)); err != nil {
		t.Fatalf("%q and %q behind %q: %v", v, w, text, err)
	}
	_, harmless, _ := s.Append(nil, "abc")
	_, harmless, _ = harmless.Append(nil, "abc")
	if got, want := read.String(), harmless.String(); urlWords.ReplaceAllString(got, "URL") != urlWords.ReplaceAllString(want, "URL") {
		t.Fatalf("%q and %q behind %q: behind %q %q is %s, want %s", v, w, text, b, b2, got, want)
	}
}

// opens reports whether a value decides in s what follows: a name, or text behind <.
func opens(s escape.State) bool {
	return strings.Contains(s.String(), "the name of")
}
