package dewar_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// A sent is a request for Bind. Its path is that of the rule /{id}/{num:int}.
type sent struct {
	method, path, contentType, body string
	header                          http.Header
}

// bind binds v, a pointer to a struct, to the request.
func bind(t testing.TB, s sent, v any) error {
	t.Helper()
	app := newApp(t)
	app.Route("/{id}/{num:int}", func(c *dewar.Context) error { return c.NoContent() }, dewar.Methods("GET", "POST"))
	c, _, err := app.NewContext(httptest.NewRecorder(), s.request())
	if err != nil {
		t.Fatal(err)
	}
	return c.Bind(v)
}

func (s sent) request() *http.Request {
	method, path := s.method, s.path
	if method == "" {
		method = "POST"
	}
	if path == "" {
		path = "/x/1"
	}
	r := httptest.NewRequest(method, path, strings.NewReader(s.body))
	for key, values := range s.header {
		r.Header[http.CanonicalHeaderKey(key)] = values
	}
	if s.contentType != "" {
		r.Header.Set("Content-Type", s.contentType)
	}
	return r
}

func form(body string) sent     { return sent{contentType: formType, body: body} }
func jsonBody(body string) sent { return sent{contentType: jsonType, body: body} }
func query(q string) sent       { return sent{method: "GET", path: "/x/1?" + q} }

type level int

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low":
		*l = 1
	case "high":
		*l = 9
	default:
		return fmt.Errorf("unknown level %s", text)
	}
	return nil
}

type paging struct {
	Page int `query:"page" default:"1"`
	Size int `query:"size" default:"20"`
}

type (
	bindLeft struct {
		Both int `query:"left"`
	}
	bindRight struct {
		Both int `query:"right"`
	}
)

type Author struct {
	Name string `form:"author"`
}

type item struct {
	Name  string        `json:"name" required:"true"`
	Count int           `json:"count" default:"1"`
	Wait  time.Duration `json:"wait"`
	Admin bool          // no tag: never set
}

type order struct {
	Items  []item            `json:"items"`
	Main   *item             `json:"main"`
	Labels map[string]string `json:"labels"`
	ByName map[string]item   `json:"by_name"`
	Pair   [2]int            `json:"pair"`
	Bytes  []byte            `json:"bytes"`
	Any    any               `json:"any"`
	At     time.Time         `json:"at"`
	Level  level             `json:"level"`
	ID     dewar.UUID        `json:"id"`
	Small  int8              `json:"small"`
	Text   string            `json:"text,omitempty"`
}

type tree struct {
	Value    int     `json:"value"`
	Children []*tree `json:"children"`
}

type Address struct {
	City string `json:"city"`
}

func ptr[T any](v T) *T { return &v }

func TestBind(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 15, 4, 5, 0, time.UTC)
	uuid, _ := dewar.ParseUUID("123e4567-e89b-12d3-a456-426614174000")
	for _, tt := range []struct {
		name string
		sent sent
		want any // a struct; its fields before Bind are those of tt.from
		from any
	}{
		{"path", sent{path: "/a%20b/7"}, struct {
			ID  string `path:"id"`
			Num int64  `path:"num"`
		}{"a b", 7}, nil},
		{"query", query("q=a+b&n=7&ok=on&f=1.5"), struct {
			Q  string  `query:"q"`
			N  uint8   `query:"n"`
			OK bool    `query:"ok"`
			F  float32 `query:"f"`
		}{"a b", 7, true, 1.5}, nil},
		{"header in any case", sent{header: http.Header{"X-Token": {"t"}, "X-Tag": {"a, b", "c"}}}, struct {
			Token string   `header:"x-token"`
			Tags  []string `header:"X-Tag"`
		}{"t", []string{"a, b", "c"}}, nil},
		{"form", form("title=A&body=line+1%0Aline+2"), struct {
			Title string `form:"title"`
			Body  string `form:"body"`
		}{"A", "line 1\nline 2"}, nil},
		{"types of text", query("d=1m30s&s=90&t=2026-01-31T15:04:05Z&u=123E4567-E89B-12D3-A456-426614174000&l=high&p=7&b=raw&any=x"), struct {
			D time.Duration `query:"d"`
			S time.Duration `query:"s"`
			T time.Time     `query:"t"`
			U dewar.UUID    `query:"u"`
			L level         `query:"l"`
			P *int          `query:"p"`
			B []byte        `query:"b"`
			A any           `query:"any"`
		}{90 * time.Second, 90 * time.Second, at, uuid, 9, ptr(7), []byte("raw"), "x"}, nil},
		{"slices take repeated values", query("n=1&n=2&s=a,b&s=c&l=low&l=high&a=1&a=2"), struct {
			N []int    `query:"n"`
			S []string `query:"s"`
			L []level  `query:"l"`
			A [2]int   `query:"a"`
		}{[]int{1, 2}, []string{"a,b", "c"}, []level{1, 9}, [2]int{1, 2}}, nil},
		{"the first of repeated values", query("n=1&n=2"), struct {
			N int `query:"n"`
		}{1}, nil},
		{"missing fields stay as they are", query(""), struct {
			Q string `query:"q"`
			N *int   `query:"n"`
		}{"before", nil}, struct {
			Q string `query:"q"`
			N *int   `query:"n"`
		}{"before", nil}},
		{"defaults", query(""), struct {
			N int           `query:"n" default:"7"`
			S []string      `query:"s" default:"a,b"`
			D time.Duration `query:"d" default:"1m"`
			P *bool         `query:"p" default:"true"`
			J string        `json:"j" default:"x"`
		}{7, []string{"a", "b"}, time.Minute, ptr(true), "x"}, nil},
		{"a value goes before the default, also zero", query("n=0&s="), struct {
			N int    `query:"n" default:"7"`
			S string `query:"s" default:"x"`
		}{0, ""}, nil},
		{"empty is missing where it is no text", form("n=&f=&b=&list=&list=&l=&t=&p=&s="), struct {
			N    int       `form:"n" default:"7"`
			F    float64   `form:"f"`
			B    bool      `form:"b" default:"true"`
			List []int     `form:"list"`
			L    level     `form:"l"`
			T    time.Time `form:"t"`
			P    *int      `form:"p"`
			S    *string   `form:"s"`
		}{N: 7, B: true, S: ptr("")}, nil},
		{"empty is missing also when it comes first", query("n=&n=5"), struct {
			N int `query:"n" default:"7"`
		}{7}, nil},
		{"required is satisfied by zero, and in a pointer by empty text", form("n=0&s=&b=off"), struct {
			N int     `form:"n" required:"true"`
			S *string `form:"s" required:"true"`
			B bool    `form:"b" required:"true"`
		}{0, ptr(""), false}, nil},
		{"embedded structs", sent{path: "/x/1?page=3", contentType: formType, body: "author=ann"}, struct {
			paging
			*Author
		}{paging{3, 20}, &Author{"ann"}}, nil},
		{"of embedded fields the outermost counts, of two as far out none", query("page=3&size=9&left=1&right=2"), struct {
			paging
			bindLeft
			bindRight
			Page int `query:"left"`
		}{paging{0, 9}, bindLeft{}, bindRight{}, 1}, nil},
		{"an embedded pointer without values stays nil", form("x=1"), struct {
			*Author
			X int `form:"x"`
		}{nil, 1}, nil},
		{"an embedded struct with a tag is one field", jsonBody(`{"address":{"city":"inner"},"city":"outer"}`), struct {
			Address `json:"address"`
		}{Address{"inner"}}, nil},
		{"several tags: path, query, header, form, json", sent{path: "/from-path/1?id=from-query&b=from-query", contentType: formType,
			body: "id=from-form&b=from-form&c=from-form", header: http.Header{"C": {"from-header"}}}, struct {
			A string `json:"id" form:"id" query:"id" path:"id"`
			B string `form:"b" query:"b"`
			C string `form:"c" header:"c"`
		}{"from-path", "from-query", "from-header"}, nil},
		{"form and json take the body there is: form", form("title=A"), struct {
			Title string `form:"title" json:"title"`
		}{"A"}, nil},
		{"form and json take the body there is: JSON", jsonBody(`{"title":"A"}`), struct {
			Title string `form:"title" json:"title"`
		}{"A"}, nil},
		{"any +json type", sent{contentType: "application/merge-patch+json; charset=utf-8", body: `{"n":7}`}, struct {
			N int `json:"n"`
		}{7}, nil},
		{"JSON of every kind", jsonBody(`{"items":[{"name":"a","count":2,"wait":"1m"},{"name":"b","wait":2.5,"Admin":true}],
			"main":{"name":"m","count":0,"admin":true},"labels":{"k":"v"},"by_name":{"x":{"name":"y"}},"pair":[1,2],"bytes":"aGk=",
			"any":[1,"x",null],"at":"2026-01-31T15:04:05Z","level":"high","id":"123e4567-e89b-12d3-a456-426614174000","small":-128,"text":"é"}`),
			order{
				Items:  []item{{"a", 2, time.Minute, false}, {"b", 1, 2500 * time.Millisecond, false}},
				Main:   &item{"m", 0, 0, false},
				Labels: map[string]string{"k": "v"}, ByName: map[string]item{"x": {"y", 1, 0, false}},
				Pair: [2]int{1, 2}, Bytes: []byte("hi"), Any: []any{int64(1), "x", nil}, At: at, Level: 9, ID: uuid, Small: -128, Text: "é",
			}, nil},
		{"null is missing", jsonBody(`{"items":null,"main":null,"small":null}`), order{Small: 5}, order{Small: 5}},
		{"null in a list is zero", jsonBody(`{"pair":[null,2],"items":[null]}`), order{Pair: [2]int{0, 2}, Items: []item{{}}}, nil},
		{"a type that leads back to itself", jsonBody(`{"value":1,"children":[{"value":2,"children":[]},null]}`),
			tree{1, []*tree{{2, []*tree{}}, nil}}, nil},
		{"JSON names match exactly", jsonBody(`{"TEXT":"x","Text":"y"}`), order{}, nil},
		{"what has no tag is never set", sent{path: "/x/1?Admin=1&admin=1", contentType: formType, body: "Admin=1&admin=1&name=a"}, struct {
			Name  string `form:"name"`
			Admin bool
			Inner struct {
				Admin bool `form:"admin"`
			}
		}{Name: "a"}, nil},
		{"json minus is no tag", jsonBody(`{"-":"x","Secret":"x","n":1}`), struct {
			Secret string `json:"-"`
			N      int    `json:"n"`
		}{"", 1}, nil},
		{"a json tag without a name has that of the field", jsonBody(`{"Title":"x"}`), struct {
			Title string `json:",omitempty"`
		}{"x"}, nil},
		{"numbers in keys mean nothing", form("a[-1]=1&a[99999999]=2&a.b.c=3&__proto__=4&a=5"), struct {
			A []int `form:"a"`
		}{[]int{5}}, nil},
		{"members without a field are ignored, also twice", jsonBody(`{"x":1,"x":2,"text":"a"}`), order{Text: "a"}, nil},
		{"an empty JSON body has no members", sent{contentType: jsonType, body: " "}, order{}, nil},
		{"a body that is not asked for is not read", sent{contentType: "text/plain", body: "x"}, paging{1, 20}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := reflect.New(reflect.TypeOf(tt.want))
			if tt.from != nil {
				got.Elem().Set(reflect.ValueOf(tt.from))
			}
			if err := bind(t, tt.sent, got.Interface()); err != nil {
				t.Fatalf("got error %v", err)
			}
			if !reflect.DeepEqual(got.Elem().Interface(), tt.want) {
				t.Errorf("got %+v, want %+v", got.Elem().Interface(), tt.want)
			}
		})
	}
}

type kind string

// A wrong is what a client is told of one field.
type wrong struct{ field, detail string }

func wrongFields(list []dewar.FieldError) (all []wrong) {
	for _, e := range list {
		all = append(all, wrong{e.Field, e.Detail})
	}
	return all
}

// Forms send dates and times in HTML's forms, and scripts put them into JSON.
func TestBindTimesOfHTML(t *testing.T) {
	t.Parallel()
	day := func(month time.Month, day, hour, minute, second int) time.Time {
		return time.Date(2024, month, day, hour, minute, second, 0, time.UTC)
	}
	for text, want := range map[string]time.Time{
		"2024-05-06": day(5, 6, 0, 0, 0), "2024-05-06T07:08": day(5, 6, 7, 8, 0), "2024-05-06T07:08:09": day(5, 6, 7, 8, 9),
		"2024-05-06T07:08:09.5": day(5, 6, 7, 8, 9).Add(time.Second / 2), "2024-05-06 07:08": day(5, 6, 7, 8, 0), "2024-05": day(5, 1, 0, 0, 0),
		"2024-W19": day(5, 6, 0, 0, 0), "07:08": time.Date(0, 1, 1, 7, 8, 0, 0, time.UTC), "07:08:09.250": time.Date(0, 1, 1, 7, 8, 9, 250e6, time.UTC),
		"2024-05-06T09:08:09+02:00": day(5, 6, 7, 8, 9),
	} {
		var got struct {
			Form  time.Time   `form:"at"`
			Query *time.Time  `query:"at"`
			List  []time.Time `query:"at"`
		}
		escaped := strings.NewReplacer("+", "%2b", " ", "+").Replace(text)
		if err := bind(t, sent{path: "/x/1?at=" + escaped, contentType: formType, body: "at=" + escaped}, &got); err != nil {
			t.Errorf("%s: %v", text, err)
		} else if !got.Form.Equal(want) || !got.Query.Equal(want) || len(got.List) != 1 || !got.List[0].Equal(want) {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
		var inJSON struct {
			At   time.Time   `json:"at"`
			List []time.Time `json:"list"`
		}
		if err := bind(t, jsonBody(`{"at":"`+text+`","list":["`+text+`"]}`), &inJSON); err != nil || !inJSON.At.Equal(want) || !inJSON.List[0].Equal(want) {
			t.Errorf("JSON %s: got %v, %v, want %v", text, inJSON, err, want)
		}
	}
	for _, text := range []string{"24:00", "2024-W54", "2024-13", "07:08 PM", "06.05.2024"} {
		var got struct {
			At time.Time `form:"at" json:"at"`
		}
		if err := bind(t, form("at="+text), &got); err == nil {
			t.Errorf("%s: got %v, want an error", text, got)
		}
		if err := bind(t, jsonBody(`{"at":"`+text+`"}`), &got); err == nil {
			t.Errorf("JSON %s: got %v, want an error", text, got)
		}
	}
}

// Rules of other frameworks would be passed over in silence, and what they guard against let in.
func TestBindNamesTagsThatNothingReads(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name string `json:"name" validate:"required"`
	}
	for _, tt := range []struct {
		name, want string
		validated  bool // by App.Validator, which may read the tag
		v          any
	}{
		{"gin's rules", `field Name of struct`, true, &struct {
			Name string `form:"name" binding:"required"`
		}{}},
		{"gin's rules, the cure", `has the tag binding:"required", which nothing reads; write required:"true" or a method Validate() error, or set app.Validator`, true, &struct {
			Name string `form:"name" binding:"required"`
		}{}},
		{"a validator's rules", `has the tag validate:"min=3", which nothing reads`, true, &struct {
			Name string `form:"name" validate:"min=3"`
		}{}},
		{"rules inside JSON", `field Name of dewar_test.inner has the tag validate:"required"`, true, &struct {
			List []inner `json:"list"`
		}{}},
		{"rules of a field without a source", `has the tag binding:"required"`, true, &struct {
			Name string `form:"name"`
			Age  int    `binding:"required"`
		}{}},
		{"rules of an embedded struct", `has the tag validate:"required"`, true, &struct {
			inner
			X int `form:"x"`
		}{}},
		{"gin's path", `field ID of struct`, false, &struct {
			ID   int    `uri:"id"`
			Name string `form:"name"`
		}{}},
		{"gin's path, the cure", `has the tag uri:"id", which nothing reads; write path:"id"`, false, &struct {
			ID   int    `uri:"id"`
			Name string `form:"name"`
		}{}},
		{"echo's path", `write path:"id"`, false, &struct {
			ID   int    `param:"id"`
			Name string `form:"name"`
		}{}},
		{"fiber's header", `write header:"X-A"`, false, &struct {
			A    string `reqHeader:"X-A"`
			Name string `form:"name"`
		}{}},
		{"gin's layout", `has the tag time_format:"02.01.2006"; take it away`, false, &struct {
			At time.Time `form:"at" time_format:"02.01.2006"`
		}{}},
		{"gin's required in the name", `write a name alone, and required:"true"`, false, &struct {
			Name string `form:"name,required"`
		}{}},
	} {
		err := bind(t, form("name=x"), tt.v)
		var he *dewar.HTTPError
		if err == nil || errors.As(err, &he) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q and no answer for the client", tt.name, err, tt.want)
		}
		app := newApp(t)
		app.Logger = slog.New(slog.DiscardHandler)
		app.Validator = validatorFunc(func(*dewar.Context, any) error { return nil })
		app.Post("/", func(c *dewar.Context) error { return cmp.Or(c.Bind(tt.v), c.NoContent()) })
		if got := post(app, "/", formType, "name=x").Code; (got == 500) == tt.validated {
			t.Errorf("%s: got %d with a validator", tt.name, got)
		}
	}
}

// Both a tag for another source and one of dewar's is one program's way to serve two frameworks.
func TestBindTakesForeignTagsBesideItsOwn(t *testing.T) {
	t.Parallel()
	var v struct {
		ID string `uri:"id" path:"id" validate:"-"`
	}
	if err := bind(t, sent{method: "GET"}, &v); err != nil || v.ID != "x" {
		t.Errorf("got %q, %v", v.ID, err)
	}
}

func TestBindJSONValidates(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	asked := 0
	app.Validator = validatorFunc(func(c *dewar.Context, v any) error { asked++; return nil })
	app.Post("/", func(c *dewar.Context) error {
		var s span
		if err := c.BindJSON(&s); err != nil {
			return err
		}
		return c.NoContent()
	})
	app.Post("/list", func(c *dewar.Context) error {
		var list []span
		if err := c.BindJSON(&list); err != nil {
			return err
		}
		return c.NoContent()
	})
	for _, tt := range []struct {
		path, body string
		status     int
		asked      int
		want       string
	}{
		{"/", `{"From":1,"To":2}`, 204, 1, ""},
		{"/", `{"From":2,"To":1}`, 400, 0, "before from"},
		{"/", `{"From":500,"To":501}`, 500, 0, ""},
		{"/", `{"From":403,"To":501}`, 403, 0, ""},
		{"/list", `[{"From":2,"To":1}]`, 204, 0, ""},
	} {
		asked = 0
		w := post(app, tt.path, jsonType, tt.body)
		if w.Code != tt.status || asked != tt.asked || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s, the validator was asked %d times, want %d", tt.body, w.Code, w.Body, asked, tt.status)
		}
	}
}

func TestBindReportsEveryBadField(t *testing.T) {
	t.Parallel()
	type search struct {
		paging
		Num   int8                  `path:"num"`
		Since time.Time             `header:"x-since"`
		Wait  time.Duration         `query:"wait"`
		N     []int                 `query:"n"`
		Token string                `header:"X-Token" required:"true"`
		Title string                `form:"title" json:"title" required:"true"`
		File  *multipart.FileHeader `form:"file"`
	}
	for _, tt := range []struct {
		name string
		sent sent
		v    any
		want []wrong
	}{
		{"text of every source", sent{path: "/x/300?page=two&size=1.5&wait=later&n=1&n=x", contentType: formType, body: "name=a",
			header: http.Header{"X-Since": {"yesterday"}}}, &search{}, []wrong{
			{"page", "want an integer, but the value is malformed"},
			{"size", "want an integer, but the value is malformed"},
			{"num", "want an integer from -128 to 127, but the value is out of range"},
			{"X-Since", "want a time such as 2006-01-02T15:04:05Z or 2006-01-02, or seconds since 1970, but the value is malformed"},
			{"wait", "want a duration such as 30s or 168h, or a number of seconds, but the value is malformed"},
			{"n[1]", "want an integer, but the value is malformed"},
			{"X-Token", "missing"},
			{"title", "missing"},
		}},
		{"JSON, with the way to each", jsonBody(`{"items":[{"name":7},{"count":"many"},5],"main":[],"labels":{"secret":7},"by_name":{"secret":{}},
			"pair":[1],"bytes":"%","at":"now","level":"hush","id":"hush","small":300,"text":true}`), &order{}, []wrong{
			{"items[0].name", "want text"},
			{"items[1].name", "missing"},
			{"items[1].count", "want an integer, but the value is malformed"},
			{"items[2]", "want an object"},
			{"main", "want an object"},
			{"labels[*]", "want text"},
			{"by_name[*].name", "missing"},
			{"pair", "want a list of 2"},
			{"bytes", "not valid"},
			{"at", "want a time such as 2006-01-02T15:04:05Z"},
			{"level", "not valid"},
			{"id", "not valid"},
			{"small", "want an integer from -128 to 127, but the value is out of range"},
			{"text", "want text"},
		}},
		{"text is no number in JSON", jsonBody(`{"n":"5","b":1,"l":["x",2,true]}`), &struct {
			N int   `json:"n"`
			B bool  `json:"b"`
			L []int `json:"l"`
		}{}, []wrong{
			{"n", "want an integer"},
			{"b", "want true or false"},
			{"l[0]", "want an integer, but the value is malformed"},
			{"l[2]", "want an integer, but the value is a boolean"},
		}},
		{"a member given twice", jsonBody(`{"text":"a","text":"b","items":[{"name":"a","name":"a"}]}`), &order{}, []wrong{
			{"text", "given more than once"},
			{"items[0].name", "given more than once"},
		}},
		{"required and null or empty", sent{path: "/x/1?n=", contentType: jsonType, body: `{"title":null}`}, &struct {
			N     int    `query:"n" required:"true"`
			Title string `json:"title" required:"true"`
		}{}, []wrong{{"n", "missing"}, {"title", "missing"}}},
		{"required and empty text", sent{path: "/x/1?q=&list=&list=", contentType: formType, body: "title=&bytes="}, &struct {
			Q     string   `query:"q" required:"true"`
			List  []string `query:"list" required:"true"`
			Title string   `form:"title" required:"true"`
			Kind  kind     `form:"title" required:"true"`
		}{}, []wrong{{"q", "empty"}, {"list", "empty"}, {"title", "empty"}, {"title", "empty"}}},
		{"required and empty text in JSON", jsonBody(`{"title":"","inner":{"name":""},"tags":["",""]}`), &struct {
			Title string   `json:"title" required:"true"`
			Tags  []string `json:"tags" required:"true"`
			Inner struct {
				Name string `json:"name" required:"true"`
			} `json:"inner"`
		}{}, []wrong{{"title", "empty"}, {"tags", "empty"}, {"inner.name", "empty"}}},
		{"no body at all", sent{method: "GET"}, &struct {
			Title string `form:"title" json:"heading" required:"true"`
			Text  string `json:"text" required:"true"`
		}{}, []wrong{{"title", "missing"}, {"text", "missing"}}},
		{"the name in the body that came", jsonBody(`{}`), &struct {
			Title string `form:"title" json:"heading" required:"true"`
		}{}, []wrong{{"heading", "missing"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := bind(t, tt.sent, tt.v)
			var he *dewar.HTTPError
			if !errors.As(err, &he) || he.Code != 400 {
				t.Fatalf("got error %v, want an HTTPError with status 400", err)
			}
			if got := wrongFields(he.Errors); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
			if !strings.Contains(err.Error(), tt.want[0].field+": "+tt.want[0].detail) {
				t.Errorf("the error reads %q, want the fields in it", err)
			}
			for _, secret := range []string{"later", "yesterday", "secret", "hush", "many"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error repeats %q from the request: %v", secret, err)
				}
			}
		})
	}
	t.Run("good fields are set, bad ones stay", func(t *testing.T) {
		t.Parallel()
		v := struct {
			Title string `form:"title"`
			Count int    `form:"count"`
		}{Count: 5}
		if err := bind(t, form("title=kept&count=x"), &v); err == nil || v.Title != "kept" || v.Count != 5 {
			t.Errorf("got %+v and error %v, want the good field set", v, err)
		}
	})
	t.Run("at most a hundred are listed", func(t *testing.T) {
		t.Parallel()
		err := bind(t, jsonBody(`{"items":[`+strings.Repeat("1,", 5000)+`1]}`), &order{})
		var he *dewar.HTTPError
		if !errors.As(err, &he) || len(he.Errors) != 100 {
			t.Errorf("got %d errors, want 100", len(he.Errors))
		}
	})
}

func TestBindRefusesBodies(t *testing.T) {
	t.Parallel()
	type both struct {
		Title string `form:"title" json:"title"`
	}
	type onlyForm struct {
		Title string `form:"title"`
	}
	deep := strings.Repeat(`{"children":[`, 40) + strings.Repeat(`]}`, 40)
	for _, tt := range []struct {
		name string
		sent sent
		v    any
		code int
		want string
	}{
		{"neither form nor JSON", sent{contentType: "text/plain", body: `{"title":"x"}`}, &both{}, 415, "The body must be a form or JSON."},
		{"no type at all", sent{body: `title=x`}, &onlyForm{}, 415, "The body must be a form."},
		{"a form where JSON is wanted", form("text=x"), &order{}, 415, "The body must be JSON, sent with Content-Type: application/json."},
		{"JSON where a form is wanted", jsonBody(`{"title":"x"}`), &onlyForm{}, 415, "The body must be a form."},
		{"broken JSON", jsonBody(`{"text":`), &order{}, 400, "The body is not valid JSON."},
		{"no JSON", jsonBody(`title=x`), &order{}, 400, "The body is not valid JSON, at byte"},
		{"a second value", jsonBody(`{}{}`), &order{}, 400, "The body is not valid JSON."},
		{"rubbish at the end", jsonBody(`{} x`), &order{}, 400, "The body is not valid JSON"},
		{"a byte order mark in the middle", jsonBody("{\ufeff}"), &order{}, 400, "The body is not valid JSON"},
		{"UTF-16", jsonBody("{\x00\"\x00"), &order{}, 400, "The body is not valid JSON"},
		{"a list", jsonBody(`[1]`), &order{}, 400, "The body must be a JSON object."},
		{"null", jsonBody(`null`), &order{}, 400, "The body must be a JSON object."},
		{"nested too deep for the type", jsonBody(deep), &tree{}, 400, "nested too deep"},
		{"nested too deep for anyone", jsonBody(`{"any":` + strings.Repeat("[", 20000)), &order{}, 400, "not valid JSON"},
		{"JSON too large", jsonBody(`{"text":"` + strings.Repeat("x", 1<<20) + `"}`), &order{}, 413, ""},
		{"a form too large", form("title=" + strings.Repeat("x", 500_001)), &both{}, 413, ""},
		{"a form with too many values", form(strings.Repeat("a&", 10_000)), &both{}, 413, "10000 values"},
		{"a broken multipart form", sent{contentType: "multipart/form-data; boundary=b", body: "--b\r\nrubbish"}, &both{}, 400, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := bind(t, tt.sent, tt.v)
			var he *dewar.HTTPError
			if !errors.As(err, &he) || he.Code != tt.code || !strings.Contains(he.Error(), tt.want) {
				t.Errorf("got error %v, want status %d and %q", err, tt.code, tt.want)
			}
		})
	}
}

func TestBindRefusesStructs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"no pointer", paging{}, "Bind(dewar_test.paging): pass a pointer to a struct, as in c.Bind(&form)"},
		{"nil", nil, "pass a pointer to a struct"},
		{"a nil pointer", (*paging)(nil), "pass a pointer to a struct"},
		{"a pointer to a map", &map[string]any{}, "pass a pointer to a struct"},
		{"no tags", &struct{ Admin bool }{}, "dewar: Bind: struct { Admin bool } has no field with a tag, so nothing could be set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := bind(t, sent{}, tt.v)
			wantError(t, err, tt.want)
			var he *dewar.HTTPError
			if errors.As(err, &he) {
				t.Errorf("the error is an HTTPError with status %d, want one whose answer is 500", he.Code)
			}
		})
	}
}

func TestBindFiles(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for _, name := range []string{"avatar", "photo", "photo"} {
		part, err := parts.CreateFormFile(name, name+".png")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, "the "+name); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.WriteField("title", "x"); err != nil {
		t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	s := sent{contentType: parts.FormDataContentType(), body: body.String()}
	var v struct {
		Title  string                  `form:"title"`
		Avatar *multipart.FileHeader   `form:"avatar" required:"true"`
		Photos []*multipart.FileHeader `form:"photo"`
		Other  *multipart.FileHeader   `form:"other"`
	}
	if err := bind(t, s, &v); err != nil {
		t.Fatal(err)
	}
	if v.Title != "x" || v.Avatar == nil || v.Avatar.Filename != "avatar.png" || len(v.Photos) != 2 || v.Other != nil {
		t.Errorf("got %+v, want title, avatar, two photos and no other", v)
	}
	var missing struct {
		File *multipart.FileHeader `form:"file" required:"true"`
	}
	wantError(t, bind(t, s, &missing), "file: missing")
}

func TestBindAnswer(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		var v struct {
			N int    `query:"n<b>"`
			S string `query:"s" required:"true"`
		}
		return c.Bind(&v)
	})
	app.Get("/mistake", func(c *dewar.Context) error { return c.Bind(paging{}) })
	srv := serve(t, app)
	for _, tt := range []struct{ name, accept, path, want string }{
		{"JSON", "application/json", "/?n%3Cb%3E=x", `{"title":"Bad Request","status":400,"detail":"Some fields are not right.","errors":[{"field":"n\u003cb\u003e","detail":"want an integer, but the value is malformed"},{"field":"s","detail":"missing"}]}`},
		{"HTML", "text/html", "/?n%3Cb%3E=x", "<ul>\n<li>n&lt;b&gt;: want an integer, but the value is malformed</li>\n<li>s: missing</li>\n</ul>\n"},
		{"text", "text/plain", "/?n%3Cb%3E=x", "400 Some fields are not right.\nn<b>: want an integer, but the value is malformed\ns: missing\n"},
		{"one field", "text/plain", "/?s=1&n%3Cb%3E=x", "400 One field is not right.\nn<b>: want an integer, but the value is malformed\n"},
		{"a programmer's mistake", "text/plain", "/mistake", plain500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, srv, "GET", tt.path, "Accept", tt.accept)
			if !strings.Contains(got.body, tt.want) {
				t.Errorf("got %q, want %q in it", got.body, tt.want)
			}
		})
	}
}

func TestBindLeavesTheBodyReadable(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var first, second order
	var third map[string]any
	app.Post("/", func(c *dewar.Context) error {
		return errors.Join(c.Bind(&first), c.BindJSON(&third), c.Bind(&second), c.NoContent())
	})
	w := httptest.NewRecorder()
	r := jsonBody(`{"text":"x"}`).request()
	r.URL.Path = "/"
	app.ServeHTTP(w, r)
	if w.Code != 204 || first.Text != "x" || second.Text != "x" || third["text"] != "x" {
		t.Errorf("got status %d, %q, %q and %v, want the text each time", w.Code, first.Text, second.Text, third)
	}
}

func TestBindFormErrorIsAnsweredOnceHandled(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/", func(c *dewar.Context) error {
		var v struct {
			Title string `form:"title"`
		}
		if err := c.Bind(&v); err != nil {
			return c.Status(422).Text("try again")
		}
		return c.NoContent()
	})
	w := httptest.NewRecorder()
	r := sent{contentType: "multipart/form-data; boundary=b", body: "--b\r\nrubbish"}.request()
	r.URL.Path = "/"
	app.ServeHTTP(w, r)
	if w.Code != 422 || w.Body.String() != "try again" {
		t.Errorf("got %d %q, want the view's own answer", w.Code, w.Body)
	}
}

// A span checks itself, also inside a JSON body.
type span struct {
	From  int    `query:"from" json:"from"`
	To    int    `query:"to" json:"to"`
	Inner []span `json:"inner"`
	asked *int
}

var errDown = errors.New("the database is down")

func (s *span) Validate() error {
	if s.asked != nil {
		*s.asked++
	}
	switch {
	case s.From == 500:
		return errDown
	case s.From == 403:
		return dewar.Abort(403)
	case s.From == s.To && s.From != 0:
		return errors.Join(dewar.FieldError{Field: "from", Detail: "equal"}, fmt.Errorf("%w", errors.Join(&dewar.FieldError{Field: "to", Detail: "equal"})))
	case s.From == 7:
		return errors.Join(dewar.FieldError{Field: "from", Detail: "odd"}, errors.Join(&dewar.FieldError{Field: "to", Detail: "odd"}))
	case s.From > s.To:
		return dewar.FieldError{Field: "to", Detail: "before from"}
	}
	return nil
}

type validatorFunc func(c *dewar.Context, v any) error

func (f validatorFunc) Validate(c *dewar.Context, v any) error { return f(c, v) }

func TestBindValidates(t *testing.T) {
	t.Parallel()
	even := func(c *dewar.Context, v any) error {
		if s := v.(*span); c.Query() != nil && s.From%2 == 1 {
			return dewar.FieldError{Field: "from", Detail: "not even"}
		}
		return nil
	}
	many := func(*dewar.Context, any) error {
		list := make([]error, 300)
		for i := range list {
			list[i] = dewar.FieldError{Field: "f", Detail: "bad"}
		}
		return errors.Join(list...)
	}
	for _, tt := range []struct {
		name      string
		sent      sent
		validator dewar.Validator
		asked     int // how often the outermost struct is
		status    int
		want      string
	}{
		{"all is right", query("from=2&to=4"), validatorFunc(even), 1, 0, ""},
		{"the struct says what is wrong, and the validator is not asked", query("from=3&to=1"), validatorFunc(even), 1, 400,
			"One field is not right. to: before from"},
		{"several joined", query("from=7&to=1"), nil, 1, 400, "Some fields are not right. from: odd; to: odd"},
		{"the validator is asked last", query("from=3&to=4"), validatorFunc(even), 1, 400, "from: not even"},
		{"a validator's list ends", query(""), validatorFunc(many), 1, 400, "Some fields are not right. f: bad; f: bad"},
		{"a bad field goes first", query("from=x"), validatorFunc(even), 0, 400, "from: want an integer"},
		{"inner ones, with the way to them", jsonBody(`{"inner":[{"from":1,"to":2},{"from":2,"to":1,"inner":[{"from":1}]},{"from":7}]}`), nil, 0, 400,
			"inner[1].inner[0].to: before from; inner[2].from: odd; inner[2].to: odd"},
		{"another error is a 500", query("from=500&to=501"), validatorFunc(even), 1, 500, "the database is down"},
		{"also of an inner one", jsonBody(`{"inner":[{"from":500,"to":501},{"from":2,"to":1}]}`), nil, 0, 500, "the database is down"},
		{"one that is wrapped is another error", query("from=1&to=1"), nil, 1, 500, "from: equal"},
		{"a status of its own", query("from=403&to=404"), nil, 1, 403, "403 Forbidden"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Validator = tt.validator
			v := span{asked: new(int)}
			app.Route("/{id}/{num:int}", func(c *dewar.Context) error {
				err := c.Bind(&v)
				if err == nil {
					return c.NoContent()
				}
				if !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got error %q, want %q in it", err, tt.want)
				}
				if bad, ok := errors.AsType[*dewar.HTTPError](err); ok && len(bad.Errors) > 100 {
					t.Errorf("got %d fields, want at most 100", len(bad.Errors))
				}
				return err
			}, dewar.Methods("GET", "POST"))
			w := httptest.NewRecorder()
			app.ServeHTTP(w, tt.sent.request())
			if want := cmp.Or(tt.status, 204); w.Code != want || *v.asked != tt.asked {
				t.Errorf("got status %d and asked %d times, want %d and %d", w.Code, *v.asked, want, tt.asked)
			}
			if w.Code == 500 && strings.Contains(w.Body.String(), "database") {
				t.Errorf("the answer shows the error: %q", w.Body)
			}
		})
	}
}

func TestValidatorIsReadAtBuild(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error { return errors.Join(c.Bind(&paging{}), c.NoContent()) })
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	app.Validator = validatorFunc(func(*dewar.Context, any) error { return dewar.Abort(418) })
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 204 {
		t.Errorf("got status %d, want 204: a validator set later is not used", w.Code)
	}
}

func FuzzBind(f *testing.F) {
	f.Add("GET", "id=7", "", "", "")
	f.Add("POST", "page=2&size=x", formType, "title=a&n=1&n=2&a[99999999]=1&a[-1]=2", "x")
	f.Add("POST", "", jsonType, `{"items":[{"name":"a"},null,5],"main":{},"pair":[1,2],"any":{"a":[1]},"small":1e999}`, "1s")
	f.Add("POST", "%zz&;", jsonType+"; charset=utf-16", `{"value":1,"children":[{"children":[{}]},null]}`, "\xff")
	f.Add("POST", "", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nx\r\n--b--\r\n", "")
	f.Add("PUT", "d=1m&t=2026-01-31&l=high", "application/x+json", strings.Repeat("[", 100), "")
	app := newApp(f)
	c0 := app // one app, so that its plans are used again
	f.Fuzz(func(t *testing.T, method, rawQuery, contentType, body, token string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Method, r.URL.RawQuery = method, rawQuery
		r.Header["Content-Type"], r.Header["X-Token"] = []string{contentType}, []string{token}
		for _, v := range fuzzShapes() {
			r.Body = io.NopCloser(strings.NewReader(body))
			c, end, err := c0.NewContext(httptest.NewRecorder(), r)
			if err != nil {
				t.Fatal(err)
			}
			err = c.Bind(v)
			defer end()
			var he *dewar.HTTPError
			if err != nil && (!errors.As(err, &he) || he.Code/100 != 4) {
				t.Errorf("Bind of %T failed with %v, want it to be the request's fault", v, err)
			}
			if guarded, ok := v.(*guardedShape); ok && (guarded.Admin || guarded.Inner.Admin) {
				t.Error("a field without a tag was set")
			}
		}
	})
}

type guardedShape struct {
	Name  string `json:"name" form:"name" query:"name"`
	Admin bool
	Inner struct {
		Name  string `json:"name"`
		Admin bool
	} `json:"inner"`
}

func fuzzShapes() []any {
	return []any{
		&struct {
			paging
			Token time.Duration         `header:"X-Token"`
			Title string                `form:"title" json:"title" required:"true"`
			N     []int                 `form:"n" query:"n"`
			File  *multipart.FileHeader `form:"file"`
		}{},
		&struct {
			D *time.Duration `query:"d"`
			T time.Time      `query:"t"`
			U dewar.UUID     `query:"id"`
			L []level        `query:"l"`
			A [3]float32     `query:"a"`
			B []byte         `query:"b"`
		}{},
		&order{}, &tree{}, &guardedShape{},
	}
}

func ExampleContext_Bind() {
	app := dewar.New("example")
	app.Get("/posts/{year:int}", func(c *dewar.Context) error {
		var listing struct {
			Year   int           `path:"year"`
			Page   int           `query:"page" default:"1"`
			Tags   []string      `query:"tag"`
			MaxAge time.Duration `query:"max_age"`
		}
		if err := c.Bind(&listing); err != nil {
			return err
		}
		return c.Text(fmt.Sprint(listing.Year, listing.Page, listing.Tags, listing.MaxAge, "\n"))
	})
	for _, url := range []string{"/posts/2026?tag=go&tag=web&max_age=90s", "/posts/2026?page=two&max_age=old"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
		fmt.Print(w.Body)
	}
	// Output:
	// 2026 1 [go web] 1m30s
	// 400 Some fields are not right.
	// page: want an integer, but the value is malformed
	// max_age: want a duration such as 30s or 168h, or a number of seconds, but the value is malformed
}

// A ruleBook stands for a library of rules that are written as tags. An adapter turns its errors into field errors.
type ruleBook struct{}

func (ruleBook) Validate(_ *dewar.Context, v any) error {
	var bad []error
	rv := reflect.ValueOf(v).Elem()
	for i := range rv.NumField() {
		f := rv.Type().Field(i)
		if most := f.Tag.Get("most"); most != "" && fmt.Sprint(rv.Field(i)) > most {
			bad = append(bad, dewar.FieldError{Field: f.Tag.Get("query"), Detail: "must be at most " + most})
		}
	}
	return errors.Join(bad...)
}

func ExampleValidator() {
	app := dewar.New("example")
	app.Validator = ruleBook{}
	app.Get("/", func(c *dewar.Context) error {
		var v struct {
			From string `query:"from" most:"f"`
			To   string `query:"to" most:"t"`
		}
		if err := c.Bind(&v); err != nil {
			return err
		}
		return c.Text(v.From + " to " + v.To + "\n")
	})
	for _, url := range []string{"/?from=a&to=b", "/?from=g&to=u"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
		fmt.Print(w.Body)
	}
	// Output:
	// a to b
	// 400 Some fields are not right.
	// from: must be at most f
	// to: must be at most t
}

func ExampleFieldError() {
	app := dewar.New("example")
	app.ErrorHandler(400, func(c *dewar.Context, err error) error {
		var bad *dewar.HTTPError
		if !errors.As(err, &bad) || len(bad.Errors) == 0 {
			return c.Text("bad request")
		}
		fields, err := json.Marshal(bad.Errors)
		if err != nil {
			return err
		}
		return c.Text(string(fields))
	})
	app.Get("/", func(c *dewar.Context) error {
		var v struct {
			Page int `query:"page" required:"true"`
		}
		return c.Bind(&v)
	})
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Print(w.Body)
	// Output: [{"field":"page","detail":"missing"}]
}

type BoundPart struct {
	Street string `form:"street"`
}

func (p *BoundPart) Validate() error {
	return dewar.FieldError{Field: "street", Detail: "is unknown to " + p.Street}
}

// TestBindOfAnEmbeddedPointerThatIsMissing leaves out every field of a part that checks itself.
func TestBindOfAnEmbeddedPointerThatIsMissing(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/", func(c *dewar.Context) error {
		var v struct {
			*BoundPart
			Name string `form:"name"`
		}
		if err := c.Bind(&v); err != nil {
			return err
		}
		return c.Text(v.Name)
	})
	r := httptest.NewRequest("POST", "/", strings.NewReader("name=ann"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	if rec.Code != 200 || rec.Body.String() != "ann" {
		t.Errorf("got %d %q, want the name", rec.Code, rec.Body)
	}
}
