package gettext_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/i18n/internal/gettext"
)

// A question is what is looked up. Without a context or a plural it is nil there.
type question struct {
	context, plural *string
	singular        string
	n               int
}

func (q question) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{q.context, q.singular, q.plural, q.n})
}

// ask answers a question with a catalog.
func (q question) ask(c *gettext.Catalog) string {
	switch {
	case q.context == nil && q.plural == nil:
		return c.Gettext(q.singular)
	case q.plural == nil:
		return c.PGettext(*q.context, q.singular)
	case q.context == nil:
		return c.NGettext(q.singular, *q.plural, q.n)
	default:
		return c.NPGettext(*q.context, q.singular, *q.plural, q.n)
	}
}

// A job is a .po file with questions.
type job struct {
	PO        []byte     `json:"po"`
	Questions []question `json:"questions"`
}

// An answer is the .mo file that msgfmt makes of a job, and what Python finds in it. It is nil for what msgfmt refuses.
type answer struct {
	MO    []byte
	Texts []string
}

// python asks msgfmt and Python. Where they are not, the test is skipped, and fails in CI.
func python(t *testing.T, jobs []job) []*answer {
	t.Helper()
	for _, tool := range []string{"python3", "msgfmt"} {
		if _, err := exec.LookPath(tool); err != nil {
			const missing = "NOTHING WAS COMPARED WITH GETTEXT: apt-get install python3 gettext"
			if os.Getenv("CI") == "true" || os.Getenv("DEWAR_STORES") == "required" {
				t.Fatal(missing)
			}
			t.Skip(missing)
		}
	}
	input, err := json.Marshal(jobs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", filepath.Join("testdata", "lookup.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3: %v", err)
	}
	var answers []*answer
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// compare checks that both the .po and the .mo file of each job answer as Python does. It returns how many were read and how many refused.
func compare(t *testing.T, jobs []job) (read, refused int) {
	t.Helper()
	for i, want := range python(t, jobs) {
		c, err := gettext.Parse("job.po", jobs[i].PO)
		if want == nil {
			if err == nil {
				t.Errorf("%s\nis read, msgfmt refuses it", jobs[i].PO)
			}
			refused++
			continue
		}
		if err != nil {
			t.Errorf("%s\ngot the error %v, msgfmt reads it", jobs[i].PO, err)
			continue
		}
		compiled, err := gettext.Parse("job.mo", want.MO)
		if err != nil && len(want.MO) > 0 {
			t.Errorf("%s\ngot the error %v for its .mo file", jobs[i].PO, err)
			continue
		}
		for k, q := range jobs[i].Questions {
			if len(c.Faults()) > 0 && q.ask(c) == q.ask(nil) {
				continue // it was left out, which has a test of its own
			}
			if po, mo := q.ask(c), q.ask(compiled); po != want.Texts[k] || mo != want.Texts[k] {
				t.Errorf("%s\n%v: got %q from the .po and %q from the .mo file, Python has %q", jobs[i].PO, q, po, mo, want.Texts[k])
			}
		}
		read++
	}
	return read, refused
}

// ptr returns a pointer to a copy of s.
func ptr(s string) *string { return &s }

// The plural forms of all families of languages choose the form that Python chooses.
func TestPluralFormsOfLanguages(t *testing.T) {
	t.Parallel()
	var jobs []job
	for _, forms := range []string{
		"nplurals=1; plural=0;",
		"nplurals=2; plural=n != 1;",
		"nplurals=2; plural=(n > 1);",
		"nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);",
		"nplurals=5; plural=n==1 ? 0 : n==2 ? 1 : n<7 ? 2 : n<11 ? 3 : 4;",
		"nplurals=3; plural=n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2;",
		"nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;",
		"nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;",
		"nplurals=4; plural=n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3;",
		"nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
		"nplurals=2; plural=n%10!=1 || n%100==11;",
		"nplurals=4; plural=n*3/2-1 > 4+1 ? 1 : n/3 == 2 ? 2 : n - 1 == 0 ? 0 : 3;",
		"nplurals=INTEGER; plural=EXPRESSION;",
		"nplurals=2;plural=n==1?0:1",
	} {
		po := "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: " + forms + "\\n\"\n\nmsgid \"a\"\nmsgid_plural \"b\"\n"
		if strings.Contains(forms, "INTEGER") {
			po = strings.ReplaceAll(po, "Plural-Forms: "+forms, "")
		}
		for i := range 6 {
			po += fmt.Sprintf("msgstr[%d] \"%d\"\n", i, i)
		}
		j := job{PO: []byte(po)}
		for n := -3; n < 250; n++ {
			j.Questions = append(j.Questions, question{singular: "a", plural: ptr("b"), n: n})
		}
		jobs = append(jobs, j)
	}
	if read, _ := compare(t, jobs); read != len(jobs) {
		t.Errorf("%d of %d catalogs were compared", read, len(jobs))
	}
}

// Random catalogs are read, or refused, as msgfmt and Python do it.
func TestRandomCatalogsAgreeWithGettext(t *testing.T) {
	t.Parallel()
	count := uint64(120)
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		count = 5000
	}
	var jobs []job
	for seed := range count {
		g := &author{Rand: rand.New(rand.NewPCG(seed, 3))}
		jobs = append(jobs, g.job())
	}
	read, refused := compare(t, jobs)
	t.Logf("%d catalogs are read, %d are refused", read, refused)
	if read < len(jobs)/2 || refused < len(jobs)/20 {
		t.Errorf("%d of %d catalogs are read and %d refused, want half and a twentieth at least", read, len(jobs), refused)
	}
}

// An author writes random catalogs. Some are wrong.
type author struct {
	*rand.Rand
	b strings.Builder
}

func (g *author) pick(choices ...string) string { return choices[g.IntN(len(choices))] }
func (g *author) chance(percent int) bool       { return g.IntN(100) < percent }

func (g *author) job() job {
	var j job
	charset := g.pick("UTF-8", "UTF-8", "ISO-8859-1")
	g.b.WriteString("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=" + charset + "\\n\"\n\"Plural-Forms: nplurals=3; plural=n%10==1 ? 0 : n>4 ? 2 : 1;\\n\"\n\n")
	for i := range 1 + g.IntN(6) {
		q := question{singular: g.text() + fmt.Sprint(i), n: g.IntN(30)}
		if g.chance(20) && i > 0 {
			q.singular = j.Questions[i-1].singular
		}
		if g.chance(30) {
			q.context = ptr(g.pick("c", "d", ""))
		}
		if g.chance(40) {
			q.plural = ptr(g.text() + "s")
		}
		g.message(q)
		j.Questions = append(j.Questions, q)
	}
	source := g.b.String()
	if g.chance(10) {
		source = g.spoil(source)
	}
	if charset == "ISO-8859-1" {
		source = strings.ReplaceAll(source, "é", "\xe9")
	}
	j.PO = []byte(source)
	return j
}

func (g *author) text() string {
	return g.pick("a", "b c", "%(n)s d", "e\"f", "g\\h", "i\nj", "é", "\t", "50%", "{k}", "")
}

// message writes an entry.
func (g *author) message(q question) {
	g.b.WriteString(g.pick("", "", "# comment\n", "#, fuzzy\n", "#, python-format\n", "#: a.html:1\n#. b\n", "#| msgid \"old\"\n", fmt.Sprintf("#~ msgid \"gone %d\"\n#~ msgstr \"weg\"\n\n", g.b.Len()), "#, c-format, fuzzy\n", "\n"))
	if q.context != nil {
		g.line("msgctxt", *q.context)
	}
	g.line("msgid", q.singular)
	if q.plural == nil {
		g.line("msgstr", g.pick("", g.text(), g.text()))
	} else {
		g.line("msgid_plural", *q.plural)
		for i := range 1 + g.IntN(3) {
			g.line(fmt.Sprintf("msgstr[%d]", i), g.text())
		}
	}
	g.b.WriteString(g.pick("\n", "", "\n\n", "  \n"))
}

// line writes a keyword with its string, on one line or more.
func (g *author) line(keyword, text string) {
	quote := strings.NewReplacer("\\", `\\`, "\"", `\"`, "\n", g.pick(`\n`, `\012`), "\t", g.pick(`\t`, `\011`)).Replace(text)
	g.b.WriteString(keyword + g.pick(" ", "  ", "\t"))
	switch {
	case g.chance(30):
		g.b.WriteString("\"\"\n\"" + quote + "\"\n")
	case g.chance(10):
		g.b.WriteString("\"" + quote + "\" \"\"\n  \"\"\n")
	default:
		g.b.WriteString("\"" + quote + "\"\n")
	}
}

// spoil changes a catalog somewhere.
func (g *author) spoil(source string) string {
	lines := strings.SplitAfter(source, "\n")
	i := 4 + g.IntN(len(lines)-4)
	switch g.IntN(4) {
	case 0:
		lines[i] = ""
	case 1:
		lines[i] += lines[i]
	case 2:
		lines[i] = strings.TrimSuffix(lines[i], "\"\n") + "\n"
	default:
		lines[i] = g.pick("msgid", "msgstr \"a\"\n", "x\n", "\"a\"\n", "msgid \"\\q\"\n", "msgstr[3] \"a\"\n", "msgctxt \"a\"\n", "# a\n") + lines[i]
	}
	return strings.Join(lines, "")
}
