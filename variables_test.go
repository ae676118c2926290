package dewar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

type evenNumbers struct{}

func (evenNumbers) Pattern() string                { return "[0-9]*[02468]" }
func (evenNumbers) Parse(text string) (any, error) { return text, nil }
func (evenNumbers) Format(v any) (string, error)   { return fmt.Sprint(v), nil }

func ExampleRoute_Variables() {
	app := dewar.New("example")
	app.Get("/posts/{year:int(min=1990,max=2100)}/{slug}", index)
	for _, r := range app.Routes() {
		for _, v := range r.Variables() {
			fmt.Println(r.Endpoint, v.Name, v.Converter, v.Rules)
		}
	}
	// Output:
	// static filename path []
	// index year int [{min 1990} {max 2100}]
	// index slug string [{minlength 1}]
}

func TestVariablesTellWhatARuleTakes(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.Converter("even", evenNumbers{})
	for _, tt := range []struct{ rule, want string }{
		{"/none", ""},
		{"/plain/{x}", "x|{x}|string|[^/]+|[{minlength 1}]|[]|false"},
		{"/int/{x:int}", "x|{x:int}|int|[0-9]+|[{min 0}]|[]|false"},
		{"/signed/{x:int(signed)}", "x|{x:int(signed)}|int|-?[0-9]+|[]|[]|false"},
		{"/range/{x:int(max=9, min=1)}", "x|{x:int(max=9, min=1)}|int|[0-9]+|[{min 1} {max 9}]|[]|false"},
		{"/float/{x:float(max=0.5)}", `x|{x:float(max=0.5)}|float|[0-9]+\.[0-9]+|[{min 0} {max 0.5}]|[]|false`},
		{"/text/{x:string(length=2)}", "x|{x:string(length=2)}|string|[^/]{2}|[{minlength 2} {maxlength 2}]|[]|false"},
		{"/any/{x:any(a,\"b,c\")}", `x|{x:any(a,"b,c")}|any|a|b,c|[]|[a b,c]|false`},
		{"/path/{x:path}", "x|{x:path}|path|[^/].*?|[]|[]|true"},
		{"/even/{x:even}", "x|{x:even}|even|[0-9]*[02468]|[]|[]|false"},
		{"/expr/{x:[a-z]{2}}", "x|{x:[a-z]{2}}||[a-z]{2}|[]|[]|false"},
		{"/two/{a:int}-{b}", "a|{a:int}|int|[0-9]+|[{min 0}]|[]|false b|{b}|string|[^/]+|[{minlength 1}]|[]|false"},
	} {
		app.Get(tt.rule, index, dewar.Endpoint("at"+strings.ReplaceAll(strings.Split(tt.rule, "/")[1], "/", "_")))
		routes := app.Routes()
		var got []string
		for _, v := range routes[len(routes)-1].Variables() {
			got = append(got, fmt.Sprintf("%s|%s|%s|%s|%v|%v|%v", v.Name, v.Text, v.Converter, v.Pattern, v.Rules, v.Words, v.Slashes))
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.rule, got, tt.want)
		}
	}
}

func TestVariablesOfAHostSayThatTheyAre(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.Get("/{page}", index, dewar.Host("{user}.example.com"))
	routes := app.Routes()
	vars := routes[len(routes)-1].Variables()
	if len(vars) != 2 || vars[0].Name != "page" || vars[0].InHost || vars[1].Name != "user" || !vars[1].InHost {
		t.Errorf("got %+v", vars)
	}
	if vars := (dewar.Route{}).Variables(); vars != nil {
		t.Errorf("a zero Route has the variables %v", vars)
	}
}
