package dewar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// TestBindRules asks each rule for values that keep it and values that do not, in a query and in JSON.
func TestBindRules(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tag       string
		zero      any
		good, bad []string // as text; JSON has them as they stand, or quoted
		says      string
	}{
		{`min:"3"`, 0, []string{"3", "4"}, []string{"2", "-3", "0"}, "must be at least 3"},
		{`max:"9"`, int8(0), []string{"9", "-128"}, []string{"10"}, "must be at most 9"},
		{`min:"1" max:"2"`, new(uint), []string{"1", "2"}, []string{"0", "3"}, ""},
		{`above:"0"`, 0.0, []string{"0.1", "7"}, []string{"0", "-1"}, "must be more than 0"},
		{`below:"1"`, float32(0), []string{"0.9", "-1"}, []string{"1", "2"}, "must be less than 1"},
		{`max:"1m"`, time.Duration(0), []string{"60s", "1ms"}, []string{"61s", "2h"}, "must be at most 1m"},
		{`min:"2026-01-31"`, time.Time{}, []string{"2026-01-31", "2026-02-01T00:00:00Z"}, []string{"2026-01-30"}, "must be at least 2026-01-31"},
		{`minlength:"3"`, "", []string{"abc", "äöü"}, []string{"ab", "äö"}, "must have at least 3 characters"},
		{`minlength:"1"`, new(string), []string{"a"}, nil, ""},
		{`maxlength:"1"`, kind(""), []string{"a", "ä"}, []string{"ab"}, "must have at most 1 character"},
		{`maxlength:"3"`, "", []string{"a\r\nb", "abc"}, []string{"abcd"}, "must have at most 3 characters"},
		{`pattern:"[a-z]+"`, "", []string{"a", "abc"}, []string{"A", "a1", "1a", "a b"}, "does not have the form it must have"},
		{`pattern:"a|b"`, "", []string{"a", "b"}, []string{"ab", "xb"}, ""},
		{`enum:"red,green"`, "", []string{"red", "green"}, []string{"blue", "Red", "red,green"}, "must be one of red,green"},
		{`enum:"1,2,-3"`, 0, []string{"1", "-3"}, []string{"3", "0"}, "must be one of 1,2,-3"},
		{`noneof:"admin,root"`, "", []string{"ann"}, []string{"admin", "root"}, "must not be one of admin,root"},
		{`format:"email"`, "", []string{"ann@example.com"}, []string{"ann", "ann@example"}, "must be an email address"},
		{`format:"url"`, "", []string{"https://example.com/a?b=c"}, []string{"javascript:alert(1)", "example.com"}, "must be a URL such as https://example.com/"},
		{`minlength:"2"`, []string(nil), []string{"ab"}, []string{"a"}, "must have at least 2 characters"},
	} {
		t.Run(fmt.Sprintf("%s of %T", tt.tag, tt.zero), func(t *testing.T) {
			t.Parallel()
			typ := reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(tt.zero), Tag: reflect.StructTag(`query:"v" json:"v" ` + tt.tag)}})
			for _, value := range append(tt.good, tt.bad...) {
				wantBad := !contains(tt.good, value)
				escaped := strings.NewReplacer("\r", "%0D", "\n", "%0A", "+", "%2B", " ", "+", "&", "%26").Replace(value)
				literal := fmt.Sprintf("%q", value)
				if k := typ.Field(0).Type.Kind(); k != reflect.String && k != reflect.Struct && k != reflect.Slice && typ.Field(0).Type != reflect.TypeFor[time.Duration]() && typ.Field(0).Type != reflect.TypeFor[*string]() {
					literal = value
				}
				if typ.Field(0).Type.Kind() == reflect.Slice {
					literal = "[" + literal + "]"
				}
				for name, s := range map[string]sent{"query": query("v=" + escaped), "JSON": jsonBody(`{"v":` + literal + `}`)} {
					err := bind(t, s, reflect.New(typ).Interface())
					if (err != nil) != wantBad || wantBad && !strings.Contains(err.Error(), tt.says) {
						t.Errorf("%s %q: got %v, want an error: %v, %q", name, value, err, wantBad, tt.says)
					}
				}
			}
		})
	}
}

func contains(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// TestBindRulesOfWhatIsNotThere shows that only required minds a field that nobody filled in, while JSON's empty text is a text.
func TestBindRulesOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	type words struct {
		Name  string   `form:"name" json:"name" minlength:"3" format:"email"`
		Count int      `form:"count" json:"count" min:"1"`
		Tags  []string `form:"tag" json:"tags" minitems:"1" minlength:"2"`
	}
	for _, s := range []sent{form(""), form("name=&count=&tag="), jsonBody(`{}`), jsonBody(`{"name":null,"count":null}`)} {
		if err := bind(t, s, &words{}); err != nil {
			t.Errorf("%q: got %v, want no error", s.body, err)
		}
	}
	wantError(t, bind(t, jsonBody(`{"name":"","tags":[],"count":0}`), &words{}),
		"name: must have at least 3 characters; count: must be at least 1; tags: must have at least 1 item")
}

func TestBindRulesOfLists(t *testing.T) {
	t.Parallel()
	type list struct {
		N []int          `query:"n" json:"n" minitems:"2" maxitems:"3" unique:"true" max:"9"`
		M map[string]int `json:"m" maxitems:"1"`
		T []string       `query:"t" maxitems:"2" unique:"true" minlength:"2"`
	}
	for text, want := range map[string]string{
		"n=1&n=2": "", "n=1": "n: must have at least 2 items", "n=1&n=2&n=3&n=4": "n: must have at most 3 items",
		"n=1&n=1": "n: must not have an item twice", "n=1&n=10": "n[1]: must be at most 9",
		"n=1&n=2&t=&t=": "", "n=1&n=2&t=&t=&t=": "t: must have at most 2 items",
	} {
		err := bind(t, query(text), &list{})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	wantError(t, bind(t, jsonBody(`{"n":[1,2,30],"m":{"a":1,"b":2}}`), &list{}), "n[2]: must be at most 9; m: must have at most 1 item")
}

func TestBindRulesInsideJSON(t *testing.T) {
	t.Parallel()
	type line struct {
		Price float64 `json:"price" above:"0"`
		Code  string  `json:"code" pattern:"[A-Z]{3}"`
		Again string  `json:"again" eqfield:"code"`
	}
	var v struct {
		Lines []line `json:"lines"`
	}
	wantError(t, bind(t, jsonBody(`{"lines":[{"price":1,"code":"ABC","again":"ABC"},{"price":0,"code":"abc","again":"abc"},{"price":1,"code":"ABC","again":"ABD"}]}`), &v),
		"lines[1].price: must be more than 0; lines[1].code: does not have the form it must have; lines[2].again: must be equal to code")
}

func TestBindComparesFields(t *testing.T) {
	t.Parallel()
	type passwords struct {
		Password string `form:"password" required:"true"`
		Again    string `form:"again" eqfield:"password"`
	}
	for body, want := range map[string]string{
		"password=a&again=a": "", "password=a&again=b": "again: must be equal to password",
		"password=a": "again: must be equal to password", "again=b": "One field is not right. password: missing",
	} {
		err := bind(t, form(body), &passwords{})
		if (err == nil) != (want == "") || err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
}

func TestBindRulesOfFiles(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for _, name := range []string{"a.PNG", "b.exe"} {
		part, err := parts.CreateFormFile(name[:1], name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(bytes.Repeat([]byte("x"), 2000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	var v struct {
		A     *multipart.FileHeader   `form:"a" accept:".png, .jpg" maxsize:"2KB"`
		B     *multipart.FileHeader   `form:"b" accept:".png"`
		Large []*multipart.FileHeader `form:"a" maxsize:"1KB"`
	}
	wantError(t, bind(t, sent{contentType: parts.FormDataContentType(), body: body.String()}, &v),
		"b: must be a file that ends in one of .png; a[0]: must be at most 1KB large")
}

func TestBindSaysWhatAFieldSays(t *testing.T) {
	t.Parallel()
	var v struct {
		Name  string `form:"name" required:"true" maxlength:"3" message:"Give a short name." message.required:"Give a name."`
		Age   int    `form:"age" message.type:"An age is a number." max:"150"`
		Email string `form:"email" format:"email" message.format:"No address: %(limit)s"`
	}
	wantError(t, bind(t, form("name=&age=old&email=x"), &v), "name: Give a name.; age: An age is a number.; email: No address: email")
	wantError(t, bind(t, form("name=four&age=151"), &v), "name: Give a short name.; age: must be at most 150")
}

func TestBindTellsTheRule(t *testing.T) {
	t.Parallel()
	var v struct {
		Name string `form:"name" required:"true"`
		Age  int    `form:"age"`
		Size int    `form:"size" max:"9"`
	}
	bad, _ := errors.AsType[*dewar.HTTPError](bind(t, form("age=old&size=10"), &v))
	want := []dewar.FieldError{
		{Field: "name", Detail: "missing", Rule: "required"},
		{Field: "age", Detail: "want an integer, but the value is malformed", Rule: "type"},
		{Field: "size", Detail: "must be at most 9", Rule: "max", Limit: "9"},
	}
	if bad == nil || !reflect.DeepEqual(bad.Errors, want) {
		t.Errorf("got %+v, want %+v", bad, want)
	}
}

func TestBindReadsCookies(t *testing.T) {
	t.Parallel()
	var v struct {
		Theme string `cookie:"theme" enum:"light,dark"`
		Size  int    `cookie:"size" default:"7"`
	}
	if err := bind(t, sent{method: "GET", header: map[string][]string{"Cookie": {"a=b; theme=dark"}}}, &v); err != nil || v.Theme != "dark" || v.Size != 7 {
		t.Errorf("got %+v, %v", v, err)
	}
	wantError(t, bind(t, sent{method: "GET", header: map[string][]string{"Cookie": {"theme=pink; size=x"}}}, &v), "theme: must be one of light,dark; size: want an integer")
}

func TestBindRefusesUnknownMembers(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/", func(c *dewar.Context) error {
		var v order
		return errors.Join(c.Bind(&v, dewar.RefuseUnknown()), c.NoContent())
	})
	if w := post(app, "/", jsonType, `{"text":"a","items":[{"name":"a"}],"labels":{"any":"x"}}`); w.Code != 204 {
		t.Errorf("got %d %s, want 204: all is known", w.Code, w.Body)
	}
	w := post(app, "/", jsonType, `{"tex":"a","items":[{"name":"a","nme":"b"}]}`)
	for _, want := range []string{`"tex","detail":"unknown; did you mean \"text\"?"`, `"items[0].nme","detail":"unknown; did you mean \"name\"?"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("got %d %s, want %s", w.Code, w.Body, want)
		}
	}
}

type (
	withContext struct {
		N int `query:"n" json:"n"`
	}
	withRequest struct {
		N     int           `query:"n" json:"n"`
		Inner []withContext `json:"inner"`
	}
)

func (w *withContext) Validate(ctx context.Context) error {
	if w.N == 7 && ctx.Err() == nil {
		return dewar.FieldError{Field: "n", Detail: "is seven"}
	}
	return nil
}

func (w *withRequest) Validate(c *dewar.Context) error {
	if w.N == 9 && c.Request.Method != "" {
		return dewar.FieldError{Field: "n", Detail: "is nine in " + c.Request.Method}
	}
	return nil
}

func TestBindValidatesWithTheRequest(t *testing.T) {
	t.Parallel()
	wantError(t, bind(t, query("n=7"), &withContext{}), "n: is seven")
	wantError(t, bind(t, query("n=9"), &withRequest{}), "n: is nine in GET")
	wantError(t, bind(t, jsonBody(`{"n":1,"inner":[{"n":1},{"n":7}]}`), &withRequest{}), "inner[1].n: is seven")
	if err := bind(t, query("n=1"), &withRequest{}); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

func TestBindRefusesRulesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"a misspelt rule", &struct {
			A string `query:"a" description:"minlenght:" minlenght:"3"`
		}{}, `has the tag minlenght, which nothing reads; did you mean "minlength"?`},
		{"a misspelt rule of a nested row", &struct {
			A []struct {
				B string `form:"b" Required:"true"`
			} `form:"a"`
		}{}, `has the tag Required, which nothing reads; did you mean "required"?`},
		{"min of a text", &struct {
			A string `query:"a" min:"1"`
		}{}, `field A of struct { A string "query:\"a\" min:\"1\"" } has the tag min:"1", which is for numbers, durations and times, not for string; a text has minlength`},
		{"minlength of a number", &struct {
			A int `query:"a" minlength:"1"`
		}{}, "a number has min and max"},
		{"a limit that is no number", &struct {
			A int `query:"a" max:"many"`
		}{}, "which does not fit its type int: want an integer"},
		{"a limit out of the range of the type", &struct {
			A int8 `query:"a" max:"200"`
		}{}, "out of range"},
		{"a count below 0", &struct {
			A string `query:"a" maxlength:"-1"`
		}{}, "write a number from 0 on"},
		{"a pattern that is none", &struct {
			A string `query:"a" pattern:"("`
		}{}, "which is no regular expression"},
		{"a format that is none", &struct {
			A string `query:"a" format:"emial"`
		}{}, `which is none of email, url, uuid, ip, ipv4, ipv6, mac, hostname; did you mean "email"?`},
		{"a format of a number", &struct {
			A int `query:"a" format:"email"`
		}{}, "which is for texts, not for int"},
		{"items of a text", &struct {
			A string `query:"a" minitems:"1"`
		}{}, "which is for lists and maps"},
		{"a field that is not there", &struct {
			A string `query:"a" eqfield:"b"`
		}{}, `has the tag eqfield:"b"; write the name of another field of its type`},
		{"unique of what may be a list", &struct {
			A []any `json:"a" unique:"true"`
		}{}, "for a list of what can be compared"},
		{"unique of lists of what may be a list", &struct {
			A [][2]any `json:"a" unique:"true"`
		}{}, "for a list of what can be compared"},
		{"a comparison of what may be a list", &struct {
			A any `json:"a"`
			B any `json:"b" eqfield:"a"`
		}{}, `has the tag eqfield:"a"`},
		{"an enum that does not fit", &struct {
			A int `query:"a" enum:"1,x"`
		}{}, "which does not fit its type int"},
		{"a size of a text", &struct {
			A string `query:"a" maxsize:"1MB"`
		}{}, "which is for uploaded files"},
		{"extensions without a dot", &struct {
			A *multipart.FileHeader `form:"a" accept:"png"`
		}{}, `write their extensions, as in accept:".png,.jpg"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := bind(t, sent{}, tt.v)
			wantError(t, err, tt.want)
			if _, answers := errors.AsType[*dewar.HTTPError](err); answers {
				t.Errorf("the client gets %v, want a 500", err)
			}
		})
	}
}

// A german has all texts in German.
type german map[string]string

func (g german) Gettext(_ *dewar.Context, message string, pairs ...any) string {
	text, ok := g[message]
	if !ok {
		text = message
	}
	for i := 0; i < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "%("+pairs[i].(string)+")s", fmt.Sprint(pairs[i+1]))
	}
	return text
}

func (g german) NGettext(c *dewar.Context, singular, plural string, n int, pairs ...any) string {
	if n == 1 {
		plural = singular
	}
	return g.Gettext(c, plural, append(pairs, "num", n)...)
}

func TestBindTranslates(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Translator = german{"missing": "fehlt", "must be at most %(limit)s": "höchstens %(limit)s"}
	app.Post("/", func(c *dewar.Context) error {
		var v struct {
			Name string `form:"name" required:"true"`
			Age  int    `form:"age" max:"150"`
		}
		return c.Bind(&v)
	})
	if got := post(app, "/", formType, "age=151").Body.String(); !strings.Contains(got, "name: fehlt") || !strings.Contains(got, "age: höchstens 150") {
		t.Errorf("got %s", got)
	}
}

func ExampleFieldsOf() {
	type signup struct {
		Name string `form:"name" json:"name" required:"true" maxlength:"40"`
		Age  int    `form:"age" json:"age" min:"18" default:"18"`
	}
	fields, err := dewar.FieldsOf(signup{})
	if err != nil {
		panic(err)
	}
	for _, f := range fields {
		fmt.Println(f.Name, f.JSON, f.Type, f.Required, f.Default, f.Rules)
	}
	// Output:
	// Name name string true  [{maxlength 40}]
	// Age age int false 18 [{min 18}]
}

func TestFieldsOfTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, v := range []any{nil, 7, new(int), reflect.TypeFor[[]int](), struct{ A int }{}} {
		if fields, err := dewar.FieldsOf(v); err == nil || !strings.HasPrefix(err.Error(), "dewar: FieldsOf") {
			t.Errorf("%T: got %v, %v, want an error", v, fields, err)
		}
	}
}
