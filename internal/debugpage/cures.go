package debugpage

import (
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// Split takes the cure off an error that has one: dewar's own errors say what is wrong, then after a semicolon what helps.
// For what Go and databases say it adds one where there is a usual one.
func Split(text string) (what, cure string) {
	whole := text
	text = strings.TrimPrefix(text, "dewar: ")
	if own := strings.Contains(whole, "dewar: ") || strings.HasPrefix(text, "template "); own {
		if p := NewProblem(text); p.Cure != "" {
			return p.Error, p.Cure
		}
	}
	for _, k := range known {
		if k.says.MatchString(text) {
			return text, k.cure
		}
	}
	return text, ""
}

// NewProblem takes the cure off what one of dewar's own errors says.
func NewProblem(text string) Problem {
	if i := strings.LastIndex(text, "; "); i >= 0 {
		return Problem{text[:i], text[i+2:]}
	}
	return Problem{Error: text}
}

var known = []struct {
	says *lazyregexp.Regexp
	cure string
}{
	{lazyregexp.New(`invalid memory address or nil pointer dereference`), "something on the marked line is nil: look at what stands before a dot or a *, and check the error beside which it was returned"},
	{lazyregexp.New(`assignment to entry in nil map`), "the map was declared and never made; write m := map[K]V{}, or make it in the constructor of the struct that holds it"},
	{lazyregexp.New(`index out of range|slice bounds out of range`), "compare the index with len(...) before the marked line"},
	{lazyregexp.New(`interface conversion: `), "use the form with two values, v, ok := x.(T), and handle ok == false"},
	{lazyregexp.New(`integer divide by zero`), "check the divisor before the marked line"},
	{lazyregexp.New(`concurrent map (?:read|writ|iterat)`), "guard the map with a sync.Mutex: requests run at the same time"},
	{lazyregexp.New(`close of closed channel|send on closed channel`), "let only the sender close the channel, and once"},
	{lazyregexp.New(`sql: no rows in result set`), "return dewar.Abort(404) where errors.Is(err, sql.ErrNoRows)"},
	{lazyregexp.New(`no such table|relation ".*" does not exist|Table '.*' doesn't exist`), "create the tables first, as with the program's own command for that, and look at which database the configuration names"},
	{lazyregexp.New(`connect: connection refused`), "start the server that is dialled, or correct its address in the configuration"},
	{lazyregexp.New(`no such host`), "correct the name of the host in the configuration"},
	{lazyregexp.New(`no such file or directory|The system cannot find the (?:file|path)`), "file names are relative to the working directory; open what belongs to the App with app.OpenResource"},
	{lazyregexp.New(`context deadline exceeded`), "something took longer than its time limit; see HANDLER_TIMEOUT and dewar.Timeout"},
	{lazyregexp.New(`unexpected end of JSON input|invalid character .* looking for`), "what was decoded is no JSON; log its beginning and its Content-Type"},
}
