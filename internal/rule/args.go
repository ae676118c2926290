package rule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/internal/suggest"
)

// Args are the arguments of a converter in the order in which they are written.
type Args []Arg

// Arg is one argument of a converter.
type Arg struct {
	Name  string // "" for one by position
	Text  string // the value as written, without its quotes
	Value any    // an int, float64, bool (true or false, also with a capital) or string
}

// parseArgs reads what is between the parentheses of a converter: values or name=value, separated by commas.
func parseArgs(text string) (Args, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var args Args
	for _, item := range splitQuoted(text) {
		arg, err := parseArg(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		if arg.Name != "" && slices.ContainsFunc(args, func(a Arg) bool { return a.Name == arg.Name }) {
			return nil, fmt.Errorf("has the argument %q twice; remove one", arg.Name)
		}
		args = append(args, arg)
	}
	return args, nil
}

// splitQuoted splits text at the commas outside of quotes.
func splitQuoted(text string) []string {
	var items []string
	start, quote := 0, byte(0)
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == ',':
			items = append(items, text[start:i])
			start = i + 1
		}
	}
	return append(items, text[start:])
}

// parseArg reads one value or name=value.
func parseArg(item string) (Arg, error) {
	var arg Arg
	arg.Text = item
	if name, value, ok := strings.Cut(item, "="); ok && identifier(strings.TrimSpace(name)) {
		arg.Name, arg.Text = strings.TrimSpace(name), strings.TrimSpace(value)
	}
	if n := len(arg.Text); n >= 2 && strings.IndexByte(`"'`, arg.Text[0]) >= 0 && arg.Text[0] == arg.Text[n-1] {
		arg.Text = arg.Text[1 : n-1]
		arg.Value = arg.Text
		if strings.IndexByte(arg.Text, item[len(item)-1]) >= 0 {
			return Arg{}, fmt.Errorf("has the argument %s; put a comma between two values", item)
		}
		return arg, nil
	}
	if arg.Text == "" {
		return Arg{}, errors.New("has an empty argument; write a value between the commas or remove one of them")
	}
	if strings.ContainsAny(arg.Text, `"'=(){} `) {
		return Arg{}, fmt.Errorf("has the argument %s; write name=value, or put the text in double quotes", item)
	}
	arg.Value = bareValue(arg.Text)
	return arg, nil
}

// bareValue returns the int, float64 or bool that text stands for, or text itself.
func bareValue(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && strings.Trim(text, "+-.0123456789eE") == "" {
		return f
	}
	switch text {
	case "true", "True":
		return true
	case "false", "False":
		return false
	}
	return text
}

// String returns the arguments as they stand in a shape: positional ones first, then the named ones by their names.
func (a Args) String() string {
	var items, named []string
	for _, arg := range a {
		text := arg.Text
		if _, ok := arg.Value.(string); ok {
			text = strconv.Quote(text)
		}
		if arg.Name == "" {
			items = append(items, text)
		} else {
			named = append(named, arg.Name+"="+text)
		}
	}
	slices.Sort(named)
	return strings.Join(append(items, named...), ",")
}

// options are the arguments of a converter by name. The first one of a wrong kind is kept in err.
type options struct {
	values map[string]any
	err    error
}

// options gives each argument its name: values by position take the names in order, and a bare name that stands alone
// means that it is true.
func (a Args) options(names ...string) (*options, error) {
	opts := &options{values: map[string]any{}}
	for i, arg := range a {
		name, value := arg.Name, arg.Value
		switch text, bare := value.(string); {
		case name != "":
		case bare && slices.Contains(names, text):
			name, value = text, true
		case i < len(names):
			name = names[i]
		default:
			return nil, fmt.Errorf("takes %d arguments at most: %s; remove the others", len(names), strings.Join(names, ", "))
		}
		if !slices.Contains(names, name) {
			return nil, unknownArgument(name, names)
		}
		if _, twice := opts.values[name]; twice {
			return nil, fmt.Errorf("has the argument %q twice; remove one", name)
		}
		opts.values[name] = value
	}
	return opts, nil
}

// unknownArgument returns the error for a name that is not one of names.
func unknownArgument(name string, names []string) error {
	if near := suggest.Nearest(name, names); near != "" {
		return fmt.Errorf("has no argument %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("has no argument %q; write one of %s", name, strings.Join(names, ", "))
}

func (o *options) has(name string) bool {
	_, ok := o.values[name]
	return ok
}

func (o *options) int(name string, missing int) int {
	return option(o, name, missing, "a whole number")
}

func (o *options) bool(name string) bool {
	return option(o, name, false, "true or false")
}

// float also takes a whole number.
func (o *options) float(name string, missing float64) float64 {
	if n, ok := o.values[name].(int); ok {
		return float64(n)
	}
	return option(o, name, missing, "a number")
}

// option returns the argument name, missing if there is none.
func option[T any](o *options, name string, missing T, want string) T {
	value, ok := o.values[name]
	if !ok {
		return missing
	}
	typed, ok := value.(T)
	if !ok && o.err == nil {
		o.err = fmt.Errorf("has %s=%v; write %s", name, value, want)
	}
	return typed
}
