package dotenv

import (
	"maps"
	"strings"
	"testing"
)

func TestEdit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"in its place", "# top\nA=1\nB=2\n", "# top\nA=new\nB=2\n"},
		{"a comment behind it", "A=1 # why\n", "A=new # why\n"},
		{"a comment behind quotes", "A='1'  # why\n", "A=new # why\n"},
		{"export and spaces", "export A = 1\n", "export A =new\n"},
		{"several lines", "A=\"1\n2\n\" # c\nB=2\n", "A=new # c\nB=2\n"},
		{"the last line without a break", "B=2\nA=1", "B=2\nA=new"},
		{"missing", "B=2\n", "B=2\nA=new\n"},
		{"missing behind a line without a break", "B=2", "B=2\nA=new\n"},
		{"an empty file", "", "A=new\n"},
		{"CRLF", "B=2\r\nA=1 # c\r\n", "B=2\r\nA=new # c\r\n"},
		{"missing with CRLF", "B=2\r\n", "B=2\r\nA=new\r\n"},
		{"byte order mark", "\ufeffA=1\n", "\ufeffA=new\n"},
		{"commented out", "#A=1\n\n", "#A=1\n\nA=new\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Edit(tt.text, map[string]string{"A": "new"}, lookupIn(nil))
			if err != nil || got != tt.want {
				t.Errorf("got %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, variable, value, want string }{
		{"a file that is none", "A\n", "B", "1", "line 1: want NAME=value"},
		{"a name that is none", "", "A B", "1", `"A B" cannot be the name`},
		{"a name with an assignment in it", "", "A=1\nB", "1", "cannot be the name"},
		{"NUL", "", "A", "secret\x00", "the value of A is no text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Edit(tt.text, map[string]string{tt.variable: tt.value}, lookupIn(nil))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") || got != "" {
				t.Errorf("got %q, error %v, want %q in it", got, err, tt.want)
			}
		})
	}
}

// FuzzEdit has what is written read again: the value that was set, and all others as they were.
func FuzzEdit(f *testing.F) {
	for _, text := range []string{"A=b", "export A='b' # c\nB=\"x\\n\"", "\ufeff#\r\nA = b #c\r\n", "B=\"x\ny\"\nA=1\rC=2", "A=${B:-x}"} {
		f.Add(text, "new")
		f.Add(text, "it's \\ \"$x\" ${y}\n#z\r")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		before, err := Parse(text, lookupIn(nil))
		if err != nil {
			return
		}
		edited, err := Edit(text, map[string]string{"A": value}, lookupIn(nil))
		if err != nil {
			if !strings.Contains(err.Error(), "no text in UTF-8") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		want := map[string]string{}
		for _, l := range before {
			want[l.Name] = l.Value
		}
		want["A"] = value
		after, err := Parse(edited, lookupIn(nil))
		got := map[string]string{}
		for _, l := range after {
			got[l.Name] = l.Value
		}
		if refers := strings.Contains(text, "${"); err != nil || got["A"] != value || !refers && !maps.Equal(got, want) {
			t.Errorf("%q became %q: got %q, error %v, want %q", text, edited, got, err, want)
		}
	})
}
