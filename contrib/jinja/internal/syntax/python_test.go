package syntax_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/jinjatest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// A job is a template that both Jinja and this package read.
type job struct {
	Source      string         `json:"source"`
	Environment map[string]any `json:"environment,omitempty"`
	Trimmed     bool           `json:"trimmed,omitempty"`
}

// An answer is what Jinja makes of a job.
type answer struct {
	Tree  list
	Error string
	Line  int
}

// options are those of the job's environment.
func (j job) options() syntax.Options {
	text := func(name string) string { s, _ := j.Environment[name].(string); return s }
	yes := func(name string) bool { b, _ := j.Environment[name].(bool); return b }
	return syntax.Options{
		BlockStart: text("block_start_string"), BlockEnd: text("block_end_string"),
		VariableStart: text("variable_start_string"), VariableEnd: text("variable_end_string"),
		CommentStart: text("comment_start_string"), CommentEnd: text("comment_end_string"),
		LineStatementPrefix: text("line_statement_prefix"), LineCommentPrefix: text("line_comment_prefix"),
		TrimBlocks: yes("trim_blocks"), LstripBlocks: yes("lstrip_blocks"),
		NewlineSequence: text("newline_sequence"), KeepTrailingNewline: yes("keep_trailing_newline"),
		TrimTranslations: j.Trimmed,
	}
}

// compare checks that the jobs give the trees that Jinja has, or errors in the same lines. It returns how many trees and errors were equal.
func compare(t *testing.T, jobs []job) (trees, failures int) {
	t.Helper()
	for i, want := range jinjatest.Ask[answer](t, "tree.py", jobs) {
		tree, err := syntax.Parse("page", jobs[i].Source, jobs[i].options())
		var failure *syntax.Error
		switch {
		case want.Error != "" && err == nil:
			t.Errorf("%q %v\nis read, Jinja says in line %d: %s", jobs[i].Source, jobs[i].Environment, want.Line, want.Error)
		case want.Error == "" && err != nil && refused(err.Error()):
			failures++
		case want.Error == "" && err != nil:
			t.Errorf("%q %v\ngot the error %v, Jinja reads it", jobs[i].Source, jobs[i].Environment, err)
		case err == nil:
			if got, want := written(body(tree.Body)), written(want.Tree); got != want {
				t.Errorf("%q %v\ngot  %s\nwant %s", jobs[i].Source, jobs[i].Environment, got, want)
			}
			trees++
		case !errors.As(err, &failure):
			t.Errorf("%q: got the error %T, want *syntax.Error", jobs[i].Source, err)
		case want.Line > 0 && failure.Line != want.Line && !moved(failure.Message, want.Error):
			t.Errorf("%q\ngot  %v\nwant line %d: %s", jobs[i].Source, err, want.Line, want.Error)
		default:
			failures++
		}
	}
	return trees, failures
}

// refused reports whether an error is about what Jinja has no error for: a comment or raw block that begins where the template ends, slices
// that can only fail later, a caller that is a parameter but not used, and arguments of which Python takes the last.
func refused(message string) bool {
	for _, text := range []string{": Missing end of ", "a slice must stand alone", "argument of macros and call blocks must", "is given twice"} {
		if strings.Contains(message, text) {
			return true
		}
	}
	return false
}

// moved reports whether an error has another line here. Jinja gives the end of a template the line of the last token, an open raw block that of
// its text, and sees at the end what is wrong with arguments, parameters and the places of tags.
func moved(got, want string) bool {
	for _, text := range []string{"nexpected end of template", "end of template'", "unclosed translation block", "Missing end of raw"} {
		if strings.Contains(want, text) {
			return true
		}
	}
	for _, text := range []string{"is given twice", "is there twice", "a slice must stand alone", "argument of macros and call blocks must"} {
		if strings.Contains(got, text) {
			return true
		}
	}
	return late(got) && late(want)
}

// late reports whether a message is about how the tags of a whole template fit together.
func late(message string) bool {
	for _, text := range []string{"defined twice, ", "' defined twice", "special loop variable", "from a non top-level scope", "special \"caller\""} {
		if strings.Contains(message, text) {
			return true
		}
	}
	return false
}

// written is a tree as text.
func written(tree list) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		panic(err)
	}
	return b.String()
}
