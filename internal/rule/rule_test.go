package rule_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

// uuid is the value of the uuid converter in these tests.
type uuid [16]byte

func newSet() rule.Set {
	return rule.Builtin(func(id [16]byte) any { return uuid(id) })
}

func mustParse(t testing.TB, text string) *rule.Rule {
	t.Helper()
	r, err := rule.Parse(text, newSet())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseDescribesTheRule(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rule, prefix, shape string
		variables                 []string
		branch                    bool
	}{
		{"root", "/", "/", "/", nil, true},
		{"static leaf", "/a/b", "/a/b", "/a/b", nil, false},
		{"static branch", "/a/b/", "/a/b/", "/a/b/", nil, true},
		{"string by default", "/u/{name}", "/u/", "/u/{string}", []string{"name"}, false},
		{"string by name", "/u/{name:string}", "/u/", "/u/{string}", []string{"name"}, false},
		{"empty parentheses", "/u/{name:string()}", "/u/", "/u/{string}", []string{"name"}, false},
		{"two variables", "/{a:int}/x/{b:path}/", "/", "/{int}/x/{path}/", []string{"a", "b"}, true},
		{"shared segment", "/v{a:int}.{b:int}", "/v", "/v{int}.{int}", []string{"a", "b"}, false},
		{"named arguments in order", "/{n:int(max=9,min=1)}", "/", "/{int(max=9,min=1)}", []string{"n"}, false},
		{"named arguments out of order", "/{n:int(min=1,max=9)}", "/", "/{int(max=9,min=1)}", []string{"n"}, false},
		{"expression", "/{n:[0-9]{2,3}}", "/", "/{:[0-9]{2,3}}", []string{"n"}, false},
		{"brace in quotes", `/{n:any("}",a)}/x`, "/", `/{any("}","a")}/x`, []string{"n"}, false},
		{"escaped brace", `/{n:\}+}/x`, "/", `/{:\}+}/x`, []string{"n"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := mustParse(t, tt.rule)
			if got := r.Text(); got != tt.rule {
				t.Errorf("Text: got %q, want %q", got, tt.rule)
			}
			if got := r.Prefix(); got != tt.prefix {
				t.Errorf("Prefix: got %q, want %q", got, tt.prefix)
			}
			if got := r.Shape(); got != tt.shape {
				t.Errorf("Shape: got %q, want %q", got, tt.shape)
			}
			if got := r.Variables(); !slices.Equal(got, tt.variables) {
				t.Errorf("Variables: got %q, want %q", got, tt.variables)
			}
			if got := r.Branch(); got != tt.branch {
				t.Errorf("Branch: got %v, want %v", got, tt.branch)
			}
		})
	}
}

func TestParseErrorsQuoteTheRuleAndTellTheCure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, rule, want string }{
		{"no slash", "users", `write "/users"`},
		{"empty", "", `write "/"`},
		{"two slashes", "/a//b", "write one"},
		{"Flask's brackets", "/u/<int:id>", "write {id:int}"},
		{"net/http's rest", "/s/{name...}", "written {name:path}"},
		{"brace not closed", "/a/{id", `close the variable`},
		{"brace of an expression not closed", "/a/{id:[0-9]{2}", `close the variable`},
		{"brace not opened", "/a/id}", "open the variable"},
		{"no name", "/a/{}", "write {name}"},
		{"no name before the colon", "/a/{:int}", "letters, digits and _"},
		{"dash in a name", "/a/{user-id}", `"user-id" is no name`},
		{"digit first", "/a/{1st}", `"1st" is no name`},
		{"not ASCII", "/a/{é}", "letters, digits and _"},
		{"space", "/a/{ id}", "letters, digits and _"},
		{"name twice", "/{a}/{b}/{a:int}", `two variables are called "a"`},
		{"nothing after the colon", "/{a:}", "nothing follows the colon"},
		{"slip in a converter", "/{a:itn}", `did you mean "int"?`},
		{"converter swapped with the name", "/{int:id}", "write {id:int}"},
		{"unknown converter", "/{a:wibbly}", "any, float, int, path, string, uuid, or (?:wibbly)"},
		{"unknown converter with arguments", "/{a:user(s)}", "(?:user(s))"},
		{"not a converter", "/{a:my int}", "is no name of a converter"},
		{"bad expression", "/{a:[0-9}", `variable "a": correct the regular expression`},
		{"expression that closes our group", "/{a:x)(y}", "correct the regular expression"},
		{"expression too large", "/{a:(a{1000}){1000}}", "regular expression"},
		{"unknown argument", "/{a:int(mni=1)}", `did you mean "min"?`},
		{"argument of another converter", "/{a:int(length=1)}", "fixed_digits, min, max, signed"},
		{"argument twice", "/{a:int(min=1,min=2)}", `"min" twice`},
		{"argument twice by position", "/{a:int(3,fixed_digits=2)}", `"fixed_digits" twice`},
		{"too many arguments", "/{a:string(1,2,3,4)}", "3 arguments at most"},
		{"empty argument", "/{a:int(min=1,)}", "remove one of them"},
		{"empty value", "/{a:int(min=)}", "empty argument"},
		{"two values without a comma", `/{a:any("b" "c")}`, "put a comma"},
		{"space in a bare word", "/{a:any(b c)}", "double quotes"},
		{"text for a number", "/{a:int(min=x)}", "min=x; write a whole number"},
		{"fraction for an int", "/{a:int(min=1.5)}", "write a whole number"},
		{"number for a bool", "/{a:int(signed=1)}", "true or false"},
		{"text for a float", "/{a:float(min=x)}", "write a number"},
		{"min above max", "/{a:int(min=2,max=1)}", "min=2 above max=1"},
		{"float min above max", "/{a:float(min=2.5,max=1)}", "min=2.5 above max=1"},
		{"negative min without a sign", "/{a:int(min=-1)}", "add the argument signed"},
		{"negative max without a sign", "/{a:float(max=-1.5)}", "add the argument signed"},
		{"no digits", "/{a:int(fixed_digits=0)}", "1 to 100"},
		{"too many digits", "/{a:int(fixed_digits=101)}", "1 to 100"},
		{"minlength of nothing", "/{a:string(minlength=0)}", "1 or more"},
		{"length of nothing", "/{a:string(length=0)}", "1 or more"},
		{"maxlength of nothing", "/{a:string(maxlength=0)}", "below minlength=1"},
		{"maxlength below minlength", "/{a:string(minlength=3,maxlength=2)}", "below minlength=3"},
		{"length beside maxlength", "/{a:string(length=3,maxlength=4)}", "one of the two ways"},
		{"any without words", "/{a:any}", "any(one,"},
		{"any with an empty word", `/{a:any("",b)}`, "not empty"},
		{"any with a slash", `/{a:any("b/c")}`, "no slash"},
		{"any with a name", `/{a:any(b=c)}`, "the words alone"},
		{"path with arguments", "/{a:path(1)}", "takes no arguments"},
		{"uuid with arguments", "/{a:uuid(version=4)}", "takes no arguments"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := rule.Parse(tt.rule, newSet())
			if err == nil {
				t.Fatalf("%q was accepted", tt.rule)
			}
			if got := err.Error(); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
			if got, want := err.Error(), "rule "+quoted(tt.rule)+": "; !strings.HasPrefix(got, want) {
				t.Errorf("got %q, want it to begin with %q", got, want)
			}
		})
	}
}

func TestBuiltinGivesASetOfItsOwn(t *testing.T) {
	t.Parallel()
	mine := newSet()
	delete(mine, "int")
	if _, err := rule.Parse("/{a:int}", newSet()); err != nil {
		t.Error("a change of one set changed another:", err)
	}
}

func TestWithSlash(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ rule, with, without string }{
		{"/", "/", ""},
		{"/a", "/a/", "/a"},
		{"/a/", "/a/", "/a"},
		{"/{x}", "/{x}/", "/{x}"},
		{"/a/{x:int}/", "/a/{x:int}/", "/a/{x:int}"},
		{"/{a}-{b}", "/{a}-{b}/", "/{a}-{b}"},
		{"/{p:path}/", "/{p:path}/", "/{p:path}"},
		{"/{p:path}", "", "/{p:path}"},
		{"/{p:path}/edit", "", "/{p:path}/edit"},
		{"/{p:path}/edit/", "/{p:path}/edit/", "/{p:path}/edit"},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			r := mustParse(t, tt.rule)
			for slash, want := range map[bool]string{true: tt.with, false: tt.without} {
				got := r.WithSlash(slash)
				if want == "" {
					if got != nil {
						t.Errorf("WithSlash(%v): got %q, want none", slash, got)
					}
					continue
				}
				if got == nil {
					t.Fatalf("WithSlash(%v): got none, want %q", slash, want)
				}
				same := mustParse(t, want)
				if got.Text() != want || got.Shape() != same.Shape() || rule.Compare(got, same) != 0 {
					t.Errorf("WithSlash(%v): got %q of shape %q, want %q", slash, got, got.Shape(), want)
				}
			}
			if got := r.Text(); got != tt.rule {
				t.Errorf("the rule itself is now %q", got)
			}
		})
	}
}

// ordered is a list in Flask's order of priority, first before last.
var ordered = []string{
	"/",
	"/static1",
	"/static1/x",
	"/static1/{x:int}",
	"/{p:path}/edit/x", // a path and what follows it are one part, with more text than any below
	"/{p:path}/aa/edit",
	"/static{x}",
	"/{p:path}/edit",
	"/{a}-{b}",
	"/x{z}",
	"/{z}y",
	"/{a:int}{b}",
	"/{n:float}",
	"/{n:int(min=1)}",
	"/{n:int}",
	"/{n:int}/",
	"/{n:int}/a",
	"/{n:int}/{m:int}",
	"/{n:int}/{s}",
	"/{n:int}/{p:path}",
	"/{n:[0-9]+}",
	"/{n:any(a,b)}",
	"/{n:string(length=2)}",
	"/{n:uuid}",
	"/{n}",
	"/{n}/a",
	"/{n}/{m:int}",
	"/{p:path}/",
	"/{p:path}",
}

func TestCompareIsFlasksOrder(t *testing.T) {
	t.Parallel()
	rules := make([]*rule.Rule, len(ordered))
	for i, text := range ordered {
		rules[i] = mustParse(t, text)
	}
	for i, a := range rules {
		for j, b := range rules {
			got := rule.Compare(a, b)
			if i < j && got >= 0 || i == j && got != 0 || i > j && got <= 0 {
				t.Errorf("Compare(%q, %q): got %d for places %d and %d", a, b, got, i, j)
			}
		}
	}
}

func TestCompareIgnoresNames(t *testing.T) {
	t.Parallel()
	a, b := mustParse(t, "/{a}/{b:int}-x"), mustParse(t, "/{n}/{m:int}-x")
	if got := rule.Compare(a, b); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
	if a.Shape() != b.Shape() {
		t.Errorf("got shapes %q and %q, want one", a.Shape(), b.Shape())
	}
}

func TestCompareIsTotal(t *testing.T) {
	t.Parallel()
	random := newRandom(t)
	for range 5_000 {
		a, b, c := randomRule(t, random), randomRule(t, random), randomRule(t, random)
		ab, bc, ac := rule.Compare(a, b), rule.Compare(b, c), rule.Compare(a, c)
		if ab != -rule.Compare(b, a) {
			t.Fatalf("%q and %q: the two ways disagree", a, b)
		}
		if (ab == 0) != (a.Shape() == b.Shape()) {
			t.Fatalf("%q and %q: got %d for shapes %q and %q", a, b, ab, a.Shape(), b.Shape())
		}
		if ab <= 0 && bc <= 0 && ac > 0 {
			t.Fatalf("%q, %q, %q are in a circle", a, b, c)
		}
	}
}

// randomRule returns a rule of one to three segments, with or without a slash at its end.
func randomRule(t *testing.T, random *rand.Rand) *rule.Rule {
	t.Helper()
	pieces := []string{
		"a", "bb", "{#}", "{#:int}", "{#:float}", "{#:int(max=5)}", "{#:path}", "{#:uuid}", "x{#}", "{#}y",
		"{#}-{#}", "{#:int}-{#}", "{#:any(a,b)}", "{#:[a-z]+}", "{#:string(length=2)}", "{#:path}x", "{#:float(signed)}",
	}
	var b strings.Builder
	for range 1 + random.IntN(3) {
		b.WriteString("/" + pieces[random.IntN(len(pieces))])
	}
	if random.IntN(3) == 0 {
		b.WriteString("/")
	}
	return mustParse(t, named(b.String()))
}

// named gives each # in text a name.
func named(text string) string {
	for name := 'a'; strings.Contains(text, "#"); name++ {
		text = strings.Replace(text, "#", string(name), 1)
	}
	return text
}
