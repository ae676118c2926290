package validate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/validate"
)

// user is the example of go-playground/validator's own page, with the names that a client knows.
type user struct {
	FirstName string     `json:"first_name" form:"first" validate:"required"`
	LastName  string     `json:"last_name" form:"last" validate:"required"`
	Age       uint8      `json:"age" form:"age" validate:"gte=0,lte=130"`
	Email     string     `json:"email" form:"email" validate:"required,email"`
	Colour    string     `json:"colour" form:"colour" binding:"omitempty,hexcolor|rgb|rgba"`
	Addresses []*address `json:"addresses" validate:"omitempty,dive,required"`
}

type address struct {
	Street string `json:"street" validate:"required"`
	Phone  string `json:"phone" validate:"required"`
}

func ask(t *testing.T, v dewar.Validator, f func(c *dewar.Context) error, contentType, body string) string {
	t.Helper()
	app := dewar.New("validate")
	app.Validator = v
	got := "nothing"
	app.Post("/", func(c *dewar.Context) error {
		err := f(c)
		if got = "fine"; err != nil {
			got = err.Error()
			if bad, ok := errors.AsType[*dewar.HTTPError](err); ok {
				got = fmt.Sprintf("%d", bad.Code)
				for _, e := range bad.Errors {
					got += fmt.Sprintf("; %s: %s (%s)", e.Field, e.Detail, e.Rule)
				}
			}
		}
		return c.NoContent()
	})
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	app.ServeHTTP(httptest.NewRecorder(), r)
	return got
}

func TestValidate(t *testing.T) {
	t.Parallel()
	v := validate.New()
	bind := func(c *dewar.Context) error { return c.Bind(&user{}) }
	for _, tt := range []struct{ name, contentType, body, want string }{
		{"all is right", "application/json", `{"first_name":"Badger","last_name":"Smith","age":35,"email":"Badger.Smith@gmail.com","colour":"#000","addresses":[{"street":"Eavesdown Docks","phone":"none"}]}`, "fine"},
		{"JSON, with its names", "application/json", `{"first_name":"Badger","last_name":"Smith","age":135,"email":"Badger","colour":"#000-","addresses":[{"street":"Eavesdown Docks"}]}`,
			"400; age: must be at most 130 (max); email: must be an email address (format); addresses[0].phone: missing (required); colour: does not keep the rule hexcolor|rgb|rgba (hexcolor|rgb|rgba)"},
		{"a form, with its names", "application/x-www-form-urlencoded", "first=Badger&age=35&email=b@gmail.com", "400; last: missing (required)"},
		{"what Bind finds goes first", "application/x-www-form-urlencoded", "first=Badger&age=old", "400; age: want an integer from 0 to 255, but the value is malformed (type)"},
	} {
		if got := ask(t, v, bind, tt.contentType, tt.body); got != tt.want {
			t.Errorf("%s: got  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestRules are rules of go-playground's documentation: what each takes and refuses.
func TestRules(t *testing.T) {
	t.Parallel()
	v := validate.New()
	for _, tt := range []struct {
		bind func(c *dewar.Context) error
		good []string
		bad  []string
		says string
	}{
		{into[struct {
			V string `form:"v" validate:"min=3,max=5"`
		}](), []string{"abc", "abcde"}, []string{"ab", "abcdef"}, "must have at "},
		{into[struct {
			V int `form:"v" validate:"gt=3,lt=5"`
		}](), []string{"4"}, []string{"3", "5"}, "must be "},
		{into[struct {
			V string `form:"v" validate:"oneof=red green"`
		}](), []string{"red", "green"}, []string{"blue"}, "must be one of red,green"},
		{into[struct {
			V string `form:"v" validate:"alphanum"`
		}](), []string{"a1"}, []string{"a-1"}, "does not keep the rule alphanum"},
		{into[struct {
			V string `form:"v" validate:"omitempty,url"`
		}](), []string{"", "https://example.com/"}, []string{"example"}, "must be a URL"},
		{into[struct {
			V []string `form:"v" validate:"unique,min=1"`
		}](), []string{"a&v=b"}, []string{"a&v=a"}, "must not have an item twice"},
	} {
		for _, value := range append(tt.good, tt.bad...) {
			got := ask(t, v, tt.bind, "application/x-www-form-urlencoded", "v="+value)
			good := false
			for _, one := range tt.good {
				good = good || one == value
			}
			if (got == "fine") != good || !good && !strings.Contains(got, tt.says) {
				t.Errorf("%q: got %s, want it to be good: %v", value, got, good)
			}
		}
	}
}

func into[T any]() func(c *dewar.Context) error {
	return func(c *dewar.Context) error { return c.Bind(new(T)) }
}

func TestRulesOfYourOwn(t *testing.T) {
	t.Parallel()
	slug := func(v *validator.Validate) error {
		return v.RegisterValidation("slug", func(f validator.FieldLevel) bool { return strings.ToLower(f.Field().String()) == f.Field().String() })
	}
	type post struct {
		Slug string `form:"slug" validate:"slug"`
	}
	if got := ask(t, validate.New(slug), into[post](), "application/x-www-form-urlencoded", "slug=Big"); got != "400; slug: does not keep the rule slug (slug)" {
		t.Errorf("got %s", got)
	}
	if got := ask(t, validate.New(), into[post](), "application/x-www-form-urlencoded", "slug=a"); !strings.Contains(got, "give New those of your own") || strings.HasPrefix(got, "400") {
		t.Errorf("got %s, want an error of the program", got)
	}
}

func ExampleNew() {
	app := dewar.New("example")
	app.Validator = validate.New()
	app.Post("/join", func(c *dewar.Context) error {
		var v struct {
			Name string `form:"name" validate:"required,alphanum"`
			Age  int    `form:"age" validate:"gte=18"`
		}
		if err := c.Bind(&v); err != nil {
			return err
		}
		return c.Text("Welcome, " + v.Name)
	})
	r := httptest.NewRequest("POST", "/join", strings.NewReader("name=Anna&age=9"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Print(w.Body)
	// Output:
	// 400 One field is not right.
	// age: must be at least 18
}

// A documented tag of go-playground/validator is asked about JSON values that its documentation is about. ours are dewar's own tags
// for it; where there are none, Bind asks the tag itself, by New. The fields have the type of zero.
type documented struct {
	tag, ours string
	zero      any
	values    []string
}

var documentedTags = []documented{
	// presence and size
	{"required", `required:"true"`, "", []string{`"a"`, `""`, `" "`}},
	{"required", `required:"true"`, 0, []string{"1", "0"}},
	{"required", `required:"true"`, new(bool), []string{"true", "false"}},
	{"required", `required:"true"`, []int(nil), []string{"[1]"}},
	{"len=3", `minlength:"3" maxlength:"3"`, "", []string{`"abc"`, `"äöü"`, `"ab"`, `"abcd"`}},
	{"len=2", `minitems:"2" maxitems:"2"`, []int(nil), []string{"[1,2]", "[1]", "[1,2,3]"}},
	{"len=10", `enum:"10"`, 0, []string{"10", "9", "11"}},
	{"max=10", `max:"10"`, 0, []string{"10", "9", "11", "-11"}},
	{"max=3", `maxlength:"3"`, "", []string{`"abc"`, `"äöü"`, `""`, `"abcd"`, `"日本語"`}},
	{"max=2", `maxitems:"2"`, []string(nil), []string{`["a","b"]`, `[]`, `["a","b","c"]`}},
	{"max=2", `maxitems:"2"`, map[string]int(nil), []string{`{"a":1}`, `{"a":1,"b":2,"c":3}`}},
	{"max=1h30m", `max:"1h30m"`, time.Duration(0), []string{"5400000000000", "5400000000001", "0"}},
	{"min=10", `min:"10"`, 0.0, []string{"10", "9.9", "10.1"}},
	{"min=3", `minlength:"3"`, "", []string{`"abc"`, `"ab"`, `"äöü"`, `""`}},
	{"min=1", `minitems:"1"`, []string(nil), []string{`["a"]`, `[]`}},
	{"gt=10", `above:"10"`, 0, []string{"10", "11"}},
	{"gte=10", `min:"10"`, uint8(0), []string{"10", "9", "255"}},
	{"lt=10", `below:"10"`, 0.0, []string{"10", "9.99"}},
	{"lte=10", `max:"10"`, int8(0), []string{"10", "11"}},
	{"eq=10", `enum:"10"`, 0, []string{"10", "11"}},
	{"eq=abc", `enum:"abc"`, "", []string{`"abc"`, `"ABC"`}},
	{"ne=10", `noneof:"10"`, 0, []string{"10", "11"}},
	{"ne=abc", `noneof:"abc"`, "", []string{`"abc"`, `"ABC"`}},
	{"oneof=red green", `enum:"red,green"`, "", []string{`"red"`, `"green"`, `"Red"`, `"red green"`, `""`}},
	{"oneof=5 7 9", `enum:"5,7,9"`, 0, []string{"5", "6", "9"}},
	{"oneof='red green' 'blue yellow'", `enum:"red green,blue yellow"`, "", []string{`"red green"`, `"red"`}},
	{"noneof=red green", `noneof:"red,green"`, "", []string{`"red"`, `"blue"`}},
	{"unique", `unique:"true"`, []int(nil), []string{"[1,2]", "[1,1]", "[]"}},
	{"unique", `unique:"true"`, []string(nil), []string{`["a","A"]`, `["a","a"]`}},
	{"gt=0,dive,max=3", `minitems:"1" maxlength:"3"`, []string(nil), []string{`["abc"]`, `["abc","abcd"]`, "[]"}},
	{"dive,min=1,max=9", `min:"1" max:"9"`, []int(nil), []string{"[1,9]", "[1,10]", "[0]"}},
	// forms of texts
	{"alpha", `pattern:"[a-zA-Z]+"`, "", []string{`"abc"`, `"ab1"`, `"ä"`, `""`, `"a\n"`}},
	{"alphanum", `pattern:"[a-zA-Z0-9]+"`, "", []string{`"abc1"`, `"ab-1"`, `""`}},
	{"alphaunicode", `pattern:"\\p{L}+"`, "", []string{`"äbc"`, `"ä1"`, `""`}},
	{"alphanumunicode", `pattern:"[\\p{L}\\p{N}]+"`, "", []string{`"ä1"`, `"ä-"`}},
	{"ascii", `pattern:"[\\x00-\\x7F]*"`, "", []string{`"abc"`, `"ä"`, `""`}},
	{"printascii", `pattern:"[\\x20-\\x7E]*"`, "", []string{`"a b"`, `"a\tb"`, `"ä"`}},
	{"number", `pattern:"[0-9]+"`, "", []string{`"123"`, `"-1"`, `"1.5"`, `""`}},
	{"numeric", `pattern:"[-+]?[0-9]+(?:\\.[0-9]+)?"`, "", []string{`"123"`, `"-1"`, `"1.5"`, `"1."`, `"1e3"`, `""`}},
	{"hexadecimal", `pattern:"(0[xX])?[0-9a-fA-F]+"`, "", []string{`"ff"`, `"0xFF"`, `"fg"`, `""`}},
	{"hexcolor", `pattern:"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})"`, "", []string{`"#fff"`, `"#fffffF"`, `"fff"`, `"#ffff"`, `"#fffff"`}},
	{"contains=@", `pattern:"(?s).*@.*"`, "", []string{`"a@b"`, `"ab"`}},
	{"containsany=!@#?", `pattern:"(?s).*[!@#?].*"`, "", []string{`"a!b"`, `"ab"`}},
	{"excludes=@", `pattern:"[^@]*"`, "", []string{`"a@b"`, `"ab"`, `""`}},
	{"excludesall=!@#?", `pattern:"[^!@#?]*"`, "", []string{`"a!b"`, `"ab"`}},
	{"startswith=hello", `pattern:"(?s)hello.*"`, "", []string{`"hello you"`, `"oh hello"`}},
	{"endswith=goodbye", `pattern:"(?s).*goodbye"`, "", []string{`"well goodbye"`, `"goodbye you"`}},
	{"lowercase", `pattern:"\\P{Lu}+"`, "", []string{`"abc"`, `"aBc"`, `""`}},
	{"uppercase", `pattern:"\\P{Ll}+"`, "", []string{`"ABC"`, `"aBC"`, `""`}},
	{"boolean", `pattern:"1|t|T|TRUE|true|True|0|f|F|FALSE|false|False"`, "", []string{`"true"`, `"0"`, `"yes"`, `""`}},
	{"e164", `pattern:"\\+?[1-9][0-9]{7,14}"`, "", []string{`"+4712345678"`, `"4712345678"`, `"+0712345678"`, `""`}},
	{"email", `format:"email"`, "", []string{`"test@mail.com"`, `"Badger.Smith@gmail.com"`, `"foo+tag@example.com"`, `"mail@domain_with_underscores.org"`, `"müller@exämple.de"`,
		`""`, `"test@"`, `"test@email."`, `"@email.com"`, `"a@example.com extra"`, `"a b@example.com"`, `"\"test test\"@email.com"`, `"test@localhost"`}},
	{"http_url", `format:"url"`, "", []string{`"http://foo.bar.com/"`, `"https://example.com:8080/a?b=c#d"`, `"http://127.0.0.1/"`, `"http://[::1]:9093/"`, `"ftp://example.com/"`, `"example.com"`,
		`"http://"`, `""`, `"javascript:alert(1)"`, `"http://localhost/"`, `"http://user:pw@example.com/"`, `"/a"`}},
	{"ip", `format:"ip"`, "", []string{`"10.0.0.1"`, `"::1"`, `"2001:db8::1"`, `"256.0.0.1"`, `"10.0.0"`, `""`, `"10.0.0.1:80"`}},
	{"ipv4", `format:"ipv4"`, "", []string{`"10.0.0.1"`, `"::1"`, `"172.12.12.253"`, `"172.12.25.256"`}},
	{"ipv6", `format:"ipv6"`, "", []string{`"10.0.0.1"`, `"::1"`, `"2001:cdba:0000:0000:0000:0000:3257:9652"`, `"2001:cdba::g"`}},
	{"mac", `format:"mac"`, "", []string{`"3D:F2:C9:A6:B3:4F"`, `"3D:F2:C9:A6:B3"`, `"abacaba"`, `"00-25-96-FF-FE-12"`, `""`}},
	{"uuid", `format:"uuid"`, "", []string{`"a987fbc9-4bed-3078-cf07-9141ba07c9f3"`, `"934859"`, `"a987fbc9-4bed-3078-cf07-9141ba07c9f3xxx"`, `"xxxa987fbc9-4bed-3078-cf07-9141ba07c9f3"`, `""`, `"A987FBC9-4BED-3078-CF07-9141BA07C9F3"`}},
	{"hostname_rfc1123", `format:"hostname"`, "", []string{`"test.example.com"`, `"db"`, `"1test"`, `"-a"`, `"a-"`, `"a..b"`, `"a_b"`, `""`}},
	{"fqdn", `format:"hostname" pattern:".*\\..*[a-zA-Z]"`, "", []string{`"test.example.com"`, `"example"`, `"example.24"`, `""`}},
	// what only the package has
	{"datetime=2006-01-02", "", "", []string{`"2026-01-31"`, `"2026-02-31"`, `"31.1.2026"`}},
	{"json", "", "", []string{`"{}"`, `"{"`}},
	{"jwt", "", "", []string{`"a.b.c"`, `"a.b"`}},
	{"base64", "", "", []string{`"TG9yZW0="`, `"TG9yZW0"`}},
	{"cidr", "", "", []string{`"10.0.0.0/8"`, `"10.0.0.0"`}},
	{"latitude", "", "", []string{`"-90.000"`, `"+91"`}},
	{"rgb", "", "", []string{`"rgb(0,31,255)"`, `"rgb(1,349,275)"`}},
	{"semver", "", "", []string{`"1.2.3"`, `"1.2"`}},
	{"isbn", "", "", []string{`"3836221195"`, `"3836221191"`}},
	{"credit_card", "", "", []string{`"4111111111111111"`, `"4111111111111112"`}},
	{"iso3166_1_alpha2", "", "", []string{`"NO"`, `"XX"`}},
	{"bcp47_language_tag", "", "", []string{`"en-US"`, `"e"`}},
	{"timezone", "", "", []string{`"Europe/Oslo"`, `"Local"`}},
	{"omitempty,hexcolor|rgb", "", "", []string{`""`, `"#fff"`, `"rgb(0,0,0)"`, `"red"`}},
	{"required,dive,keys,max=3,endkeys,required", "", map[string]string(nil), []string{`{"abc":"x"}`, `{"abcd":"x"}`, `{"abc":""}`, `{}`}},
}

// decided are the values that dewar's own tags decide differently, and why.
var decided = map[string]string{
	"required of 0":                             "a 0 that was sent is there; min and noneof refuse it",
	`email of "\"test test\"@email.com"`:        "nobody has a name in quotes",
	`http_url of "http://localhost/"`:           "a URL is one that others can open; take hostname and a port for those inside",
	`http_url of "http://user:pw@example.com/"`: "a name in front of the host is taken for the host",
	`mac of "00-25-96-FF-FE-12"`:                "an address is written in one way, with colons",
}

// TestDocumentedTagsDecideAlike compares dewar's own tags, and Bind with New where there are none, with what the library says itself.
func TestDocumentedTagsDecideAlike(t *testing.T) {
	t.Parallel()
	library, differs := validator.New(validator.WithRequiredStructEnabled()), map[string]bool{}
	for _, tt := range documentedTags {
		theirs := oneField(tt.zero, fmt.Sprintf(`json:"v" validate:%q`, tt.tag))
		ours, plugged := oneField(tt.zero, `json:"v" `+tt.ours), dewar.Validator(nil)
		if tt.ours == "" {
			ours, plugged = theirs, validate.New()
		}
		for _, value := range tt.values {
			body, v := `{"v":`+value+`}`, reflect.New(theirs).Interface()
			if err := json.Unmarshal([]byte(body), v); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			want := library.Struct(v) == nil
			if tt.zero == time.Duration(0) {
				body = strings.ReplaceAll(body, "000000000", "") // dewar counts seconds
				body = strings.ReplaceAll(body, "5400000000001", `"1h30m1ns"`)
			}
			said := ask(t, plugged, func(c *dewar.Context) error { return c.Bind(reflect.New(ours).Interface()) }, "application/json", body)
			if said != "fine" && !strings.HasPrefix(said, "400") {
				t.Errorf("%s of %s: got %s", tt.tag, value, said)
			}
			if name := tt.tag + " of " + value; (said == "fine") != want {
				differs[name] = true
				if _, known := decided[name]; !known {
					t.Errorf("%s: got %s, the library takes it: %v", name, said, want)
				}
			}
		}
	}
	for name := range decided {
		if !differs[name] {
			t.Errorf("%s is decided as the library does; take it off the list", name)
		}
	}
}

// oneField returns a struct type with one field V.
func oneField(zero any, tags string) reflect.Type {
	return reflect.StructOf([]reflect.StructField{{Name: "V", Type: reflect.TypeOf(zero), Tag: reflect.StructTag(tags)}})
}
