package flasktest_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var updateLab = flag.Bool("update", false, "record Flask's answers, where DEWAR_PYTHON has it, and those of dewar that differ for a reason")

// A labTable is a file of testdata/lab: requests, and below each of them the answer of the real Flask. Where dewar
// answers something else, a second line gives the reason, which is a row of docs/flask-parity.md, and dewar's answer:
//
//	@routing
//	GET /int/007
//		200 | Content-Type: text/plain; charset=utf-8 || int v=7
//	POST /json | Content-Type: application/json || {"a":
//		400 ...
//		!reason 400 ...
//
// @ names the application, | goes before a header, || before the body, and backslashes are Go's. A request that begins
// with + goes on where the one before ended: it has its cookies.
type labTable struct {
	file  string
	lines []*labLine
}

// A labLine is a line that is no answer, with the answers that belong to it if it is a request.
type labLine struct {
	number               int
	app, text            string
	flask, dewar, reason string // reason is "" when both are the same
}

func (l *labLine) isRequest() bool {
	return l.text != "" && l.text[0] != '#' && l.text[0] != '@'
}

func readLabTable(t testing.TB, file string) *labTable {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	table, app := &labTable{file: file}, ""
	for i, text := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		answer, ok := strings.CutPrefix(text, "\t")
		if ok {
			last := table.lines[len(table.lines)-1]
			if reason, differs := strings.CutPrefix(answer, "!"); differs {
				last.reason, last.dewar, _ = strings.Cut(reason, " ")
			} else {
				last.flask = answer
			}
			continue
		}
		if name, ok := strings.CutPrefix(text, "@"); ok {
			app = name
		}
		table.lines = append(table.lines, &labLine{number: i + 1, app: app, text: text})
	}
	return table
}

func (table *labTable) write(t testing.TB) {
	t.Helper()
	var b strings.Builder
	for _, l := range table.lines {
		b.WriteString(l.text + "\n")
		if l.flask != "" {
			b.WriteString("\t" + l.flask + "\n")
		}
		if l.reason != "" {
			b.WriteString("\t!" + l.reason + " " + l.dewar + "\n")
		}
	}
	if err := os.WriteFile(table.file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// labReason is a row of the section of docs/flask-parity.md that says where answers differ.
var labReason = regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\| .+ \\| .+ \\| .+ \\|$")

// TestLabReasonsAreDocumented keeps the reasons in the tables and those in the documentation together.
func TestLabReasonsAreDocumented(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/flask-parity.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(doc), "\n## Over the wire\n")
	documented, used := map[string]bool{}, map[string]string{}
	for _, row := range labReason.FindAllStringSubmatch(section, -1) {
		documented[row[1]] = true
	}
	files, err := filepath.Glob("testdata/lab/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, l := range readLabTable(t, file).lines {
			if l.reason != "" {
				used[l.reason] = fmt.Sprintf("%s:%d", file, l.number)
			}
		}
	}
	for reason, line := range used {
		if !documented[reason] {
			t.Errorf("%s: docs/flask-parity.md has no row %q", line, reason)
		}
	}
	for reason := range documented {
		if used[reason] == "" {
			t.Errorf("docs/flask-parity.md: no answer differs because of %q any more", reason)
		}
	}
}

func TestLab(t *testing.T) {
	files, err := filepath.Glob("testdata/lab/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	twins := labTwins(t)
	var flask map[string]string
	var version string
	if *updateLab {
		flask, version = labFlask(t)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			table := readLabTable(t, file)
			if flask != nil {
				table.record(flask, version)
			}
			table.compare(t, twins, *updateLab)
			if *updateLab {
				table.write(t)
			}
		})
	}
}

// labRecorded is the first line of a table.
const labRecorded = "# recorded with Flask "

// record asks Flask every request of the table.
func (table *labTable) record(addrs map[string]string, version string) {
	if !strings.HasPrefix(table.lines[0].text, labRecorded) {
		table.lines = slices.Insert(table.lines, 0, &labLine{})
	}
	table.lines[0].text = labRecorded + version
	jar := labJar{}
	for _, l := range table.lines {
		if !l.isRequest() {
			continue
		}
		if !strings.HasPrefix(l.text, "+ ") {
			jar = labJar{}
		}
		l.flask = jar.send(addrs[l.app], l.text)
	}
}

// compare asks dewar every request of the table. Answers that differ for a reason are taken over if adopt is true.
func (table *labTable) compare(t *testing.T, addrs map[string]string, adopt bool) {
	jar, equal, differ := labJar{}, 0, map[string]int{}
	for _, l := range table.lines {
		if !l.isRequest() {
			continue
		}
		if !strings.HasPrefix(l.text, "+ ") {
			jar = labJar{}
		}
		got := jar.send(addrs[l.app], l.text)
		switch {
		case got == l.flask && (l.reason == "" || adopt):
			l.reason = ""
			equal++
		case got == l.flask:
			t.Errorf("%s:%d: @%s %s\nis as in Flask; remove the line that gives %s as the reason why not", table.file, l.number, l.app, l.text, l.reason)
		case l.reason != "" && (adopt || got == l.dewar):
			l.dewar = got
			differ[l.reason]++
		default:
			t.Errorf("%s:%d: @%s %s\nflask %s\ndewar %s", table.file, l.number, l.app, l.text, l.flask, got)
		}
	}
	t.Logf("%d answers as in Flask, others for a reason: %v", equal, differ)
}

// labFlask starts the applications in Python and returns their addresses, and the version of Flask. Without Flask 3.1 or
// later there are none.
func labFlask(t *testing.T) (addrs map[string]string, version string) {
	t.Helper()
	cmd := exec.Command(cmp.Or(os.Getenv("DEWAR_PYTHON"), "python3"), "testdata/lab/app.py", t.TempDir())
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Logf("Flask's answers are left as they were: %v", err)
		return nil, ""
	}
	t.Cleanup(func() { stdin.Close(); _ = cmd.Wait() })
	var started struct {
		Flask string
		Apps  map[string]string
	}
	if err := json.NewDecoder(stdout).Decode(&started); err != nil {
		t.Logf("Flask's answers are left as they were: the Python that DEWAR_PYTHON names must import Flask 3.1 or later (%v)", err)
		return nil, ""
	}
	return started.Apps, started.Flask
}
