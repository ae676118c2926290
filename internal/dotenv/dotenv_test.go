package dotenv

import (
	"slices"
	"strings"
	"testing"
)

func lookupIn(environ map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		text, ok := environ[name]
		return text, ok
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "A=b", "b"},
		{"spaces around", "  A =  b c  \n", "b c"},
		{"export", "export\tA=b", "b"},
		{"empty", "A=", ""},
		{"comment", "A=b # c", "b"},
		{"comment after a tab", "A=b\t# c", "b"},
		{"nothing but a comment", "A= # c", ""},
		{"no comment without a space", "A=b#c", "b#c"},
		{"a colour", "A=#fff", "#fff"},
		{"equals signs", "A=b=c==", "b=c=="},
		{"quotes inside", `A=b"c'd`, `b"c'd`},
		{"backslash without quotes", `A=a\nb`, `a\nb`},
		{"single quotes", `A='b # $ ${X} \n "' # comment`, `b # $ ${X} \n "`},
		{"escapes in single quotes", `A='it\'s \\'`, `it's \`},
		{"double quotes", `A="a\tb\n\"c\" \\ \$X \x # d"`, "a\tb\n\"c\" \\ $X \\x # d"},
		{"several lines", "A=\"a\nb\"\nB=1", "a\nb"},
		{"CRLF", "B=1\r\nA=b\r\nC=2", "b"},
		{"CR", "B=1\rA=b\rC=2", "b"},
		{"byte order mark", "\ufeffA=b", "b"},
		{"a dollar", "A=$b$", "$b$"},
		{"from the environment", "A=${ENV}/x", "environment/x"},
		{"from above", "B=1\nA=${B}2", "12"},
		{"the environment first", "ENV=file\nA=${ENV}", "environment"},
		{"in double quotes", `A="${ENV}\n${ENV}"`, "environment\nenvironment"},
		{"default", "A=${NONE:-x y}", "x y"},
		{"default that is empty", "A=${NONE:-}", ""},
		{"default not needed", "A=${ENV:-x}", "environment"},
		{"escaped reference", `A="\${ENV}"`, "${ENV}"},
		{"what a reference brings is not looked at again", "B='${ENV}'\nA=${B}", "${ENV}"},
		{"names", "a.b-c_1=1\nA=x", "x"},
		{"other letters", "A=é☃", "é☃"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lines, err := Parse(tt.text, lookupIn(map[string]string{"ENV": "environment"}))
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(lines, func(l Line) bool { return l.Name == "A" })
			if i < 0 || lines[i].Value != tt.want {
				t.Errorf("got %v, want A to be %q", lines, tt.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"no assignment", "A=1\nB", "line 2: want NAME=value"},
		{"a name that is none", "1A=1", "line 1: want NAME=value"},
		{"a name in quotes", "'A'=1", "line 1: want NAME=value"},
		{"export alone", "export A", "line 1: want NAME=value"},
		{"twice", "A=1\n\nA=2", "line 3: A is set in line 1 already"},
		{"open single quote", "\nA='x\ny\n", "line 2: A: the quote ' is not closed"},
		{"open double quote", `A="x\"`, `line 1: A: the quote " is not closed`},
		{"text after a quote", `A="x"y`, "line 1: A: want nothing after the closing quote"},
		{"unset reference", "A=${NONE}", "line 1: A: refers with ${...} to a variable that is not set"},
		{"its own reference", "A=${A}", "line 1: A: refers"},
		{"no reference", "A=x${ y}", "line 1: A: ${ begins no ${NAME}"},
		{"open reference", `A="${ENV"`, "line 1: A: ${ begins no"},
		{"after several lines", "A='\n\n'\nB", "line 4: want NAME=value"},
		{"NUL", "A=\x00", "is no text in UTF-8"},
		{"not UTF-8", "A=\xff", "is no text in UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			lines, err := Parse(tt.text, lookupIn(map[string]string{"ENV": "x"}))
			if err == nil || !strings.Contains(err.Error(), tt.want) || lines != nil {
				t.Errorf("got %v, error %v, want %q in it", lines, err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"A=b", "export A='b' # c\nB=\"${A}\\n\"", "A=${B:-x}\r\nC", "A='", "\ufeff#\n\n A = b #c", "A=\"\\", "A=${", "A=\"x\ny\"\nA=1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := Parse(text, lookupIn(map[string]string{"ENV": "x"}))
		if err != nil {
			if lines != nil {
				t.Errorf("got %v with error %v", lines, err)
			}
			return
		}
		var again strings.Builder
		for _, l := range lines {
			if !assignment.MatchString(l.Name+"=") || l.Number < 1 || l.Number > strings.Count(text, "\n")+strings.Count(text, "\r")+1 {
				t.Fatalf("got %q in line %d", l.Name, l.Number)
			}
			again.WriteString(l.Name + "='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(l.Value) + "'\n")
		}
		written, err := Parse(again.String(), lookupIn(nil))
		if err != nil || len(written) != len(lines) {
			t.Fatalf("%v, written as %q: got %v, error %v", lines, again.String(), written, err)
		}
		for i := range lines {
			// A carriage return in a value, which only an escape can make, is a line break when it is read from a file.
			if got, want := written[i].Value, newline.Replace(lines[i].Value); written[i].Name != lines[i].Name || got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}
