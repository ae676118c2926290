package openapi_test

import (
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
)

func newAPI(t *testing.T, opts ...openapi.Option) (*dewar.App, *openapi.API) {
	t.Helper()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	return app, openapi.New(app, opts...)
}

// at returns what a document has at the end of a way of names and numbers, as JSON.
func at(t *testing.T, api *openapi.API, way ...any) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(documentOf(t, api), &value); err != nil {
		t.Fatal(err)
	}
	for _, step := range way {
		switch step := step.(type) {
		case string:
			members, _ := value.(map[string]any)
			value = members[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				return "nothing"
			}
			value = items[step]
		}
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func noOut(c *dewar.Context) error { return c.NoContent() }

func TestParametersHaveTheRangesOfConverters(t *testing.T) {
	t.Parallel()
	app, api := newAPI(t)
	app.Converter("even", even{})
	for i, tt := range []struct{ variable, want string }{
		{"{x}", `{"minLength":1,"type":"string"}`},
		{"{x:int}", `{"format":"int64","minimum":0,"type":"integer"}`},
		{"{x:int(min=1,max=9)}", `{"format":"int64","maximum":9,"minimum":1,"type":"integer"}`},
		{"{x:int(signed)}", `{"format":"int64","type":"integer"}`},
		{"{x:float(max=0.5)}", `{"format":"double","maximum":0.5,"minimum":0,"type":"number"}`},
		{"{x:string(length=2)}", `{"maxLength":2,"minLength":2,"type":"string"}`},
		{"{x:any(a,\"b,c\")}", `{"enum":["a","b,c"],"type":"string"}`},
		{"{x:uuid}", `{"format":"uuid","type":"string"}`},
		{"{x:path}", `{"type":"string"}`},
		{"{x:even}", `{"pattern":"^[0-9]*[02468]$","type":"string"}`},
		{"{x:[a-z]{2}|x}", `{"pattern":"^(?:[a-z]{2}|x)$","type":"string"}`},
	} {
		rule := fmt.Sprintf("/at%d/", i) + tt.variable
		api.Get(rule, noOut, dewar.Endpoint(fmt.Sprint("at", i)))
		if got := at(t, api, "paths", fmt.Sprintf("/at%d/{x}", i), "get", "parameters", 0, "schema"); got != tt.want {
			t.Errorf("%s: got %s, want %s", rule, got, tt.want)
		}
	}
	if got := at(t, api, "paths", "/at8/{x}", "get", "parameters", 0, "description"); got != `"It may have slashes."` {
		t.Errorf("a path: got %s", got)
	}
	judge(t, documentOf(t, api))
}

type even struct{}

func (even) Pattern() string                { return "[0-9]*[02468]" }
func (even) Parse(text string) (any, error) { return text, nil }
func (even) Format(v any) (string, error)   { return fmt.Sprint(v), nil }

type search struct {
	Lang  string                  `path:"lang" enum:"de,en" doc:"A language."`
	Page  int                     `query:"page" default:"1" min:"1" example:"2"`
	Tags  []string                `query:"tag" maxitems:"3" maxlength:"9" default:"a,b"`
	Word  string                  `query:"q" required:"true" doc:"What to look for."`
	Trace dewar.UUID              `header:"x-trace"`
	Theme string                  `cookie:"theme"`
	Flag  bool                    `query:"flag" default:"on"`
	Mixed string                  `query:"mixed" form:"mixed" required:"true"`
	Name  string                  `form:"name" json:"name" required:"true"`
	Items []item                  `form:"items"`
	Image *multipart.FileHeader   `form:"image" accept:".png" maxsize:"2MB"`
	Files []*multipart.FileHeader `form:"files"`
	Again string                  `form:"again" eqfield:"name"`
}

type item struct {
	Price float64 `form:"price" min:"0"`
}

func TestEachSourceIsInItsPlace(t *testing.T) {
	t.Parallel()
	_, api := newAPI(t)
	api.Post("/{lang}/find", func(c *dewar.Context, in *search) error { return nil })
	post := []any{"paths", "/{lang}/find", "post"}
	for _, tt := range []struct {
		way  []any
		want string
	}{
		{[]any{"parameters", 0}, `{"description":"A language.","in":"path","name":"lang","required":true,"schema":{"enum":["de","en"],"minLength":1,"type":"string"}}`},
		{[]any{"parameters", 1}, `{"in":"query","name":"page","schema":{"default":1,"examples":[2],"format":"int64","minimum":1,"type":"integer"}}`},
		{[]any{"parameters", 2}, `{"in":"query","name":"tag","schema":{"default":["a","b"],"items":{"maxLength":9,"type":"string"},"maxItems":3,"type":"array"}}`},
		{[]any{"parameters", 3}, `{"description":"What to look for.","in":"query","name":"q","required":true,"schema":{"minLength":1,"type":"string"}}`},
		{[]any{"parameters", 4}, `{"in":"header","name":"X-Trace","schema":{"format":"uuid","type":"string"}}`},
		{[]any{"parameters", 5}, `{"in":"cookie","name":"theme","schema":{"type":"string"}}`},
		{[]any{"parameters", 6, "schema", "default"}, `true`},
		{[]any{"parameters", 7, "required"}, `null`}, // it may come from the form
		{[]any{"requestBody", "required"}, `true`},
		{[]any{"requestBody", "content", "application/json"}, `{"schema":{"$ref":"#/components/schemas/SearchBody"}}`},
		{[]any{"requestBody", "content", "multipart/form-data"}, `{"schema":{"$ref":"#/components/schemas/SearchForm"}}`},
		{[]any{"requestBody", "content", "application/x-www-form-urlencoded"}, `null`}, // it has files
		{[]any{"responses", "204"}, `{"description":"No Content"}`},
		{[]any{"responses", "415", "content"}, `{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}`},
		{[]any{"responses", "default"}, `{"$ref":"#/components/responses/Problem"}`},
	} {
		if got := at(t, api, append(post[:3:3], tt.way...)...); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.way, got, tt.want)
		}
	}
	form := []any{"components", "schemas", "SearchForm"}
	for _, tt := range []struct {
		way  []any
		want string
	}{
		{[]any{"required"}, `["name"]`},
		{[]any{"properties", "image"}, `{"contentMediaType":"application/octet-stream","description":"Files that end in .png. At most 2MB.","type":"string"}`},
		{[]any{"properties", "files", "type"}, `"array"`},
		{[]any{"properties", "again", "description"}, `"Equal to name."`},
		{[]any{"properties", "items", "items", "properties", "price"}, `{"format":"double","minimum":0,"type":"number"}`},
	} {
		if got := at(t, api, append(form[:3:3], tt.way...)...); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.way, got, tt.want)
		}
	}
	judge(t, documentOf(t, api))
}

func TestOptionsOfPlainHandlers(t *testing.T) {
	t.Parallel()
	app, api := newAPI(t, openapi.Title("Shop"), openapi.Version("2"), openapi.About("All of it."), openapi.Server("https://shop.example/"))
	bp := dewar.NewBlueprint("shop", dewar.URLPrefix("/shop"), openapi.Security(openapi.Session(), openapi.Bearer("JWT")), openapi.Fails(429))
	bp.Post("/things", noOut, openapi.In[order](), openapi.Out[orderLine](200), openapi.Out[[]orderLine](202), openapi.Answers(204, ""), openapi.FailsWhen(409, "Twice."),
		openapi.Summary("Add"), openapi.Description("At length."), openapi.Deprecated(), openapi.OperationID("addThing"), dewar.Endpoint("add"))
	bp.Get("/report", noOut, openapi.Answers(200, "text/csv"), openapi.Tags("reports"), openapi.Security(), dewar.Endpoint("report"))
	bp.Get("/unsaid", noOut, dewar.Endpoint("unsaid"))
	bp.Get("/hidden", noOut, openapi.Summary("x"), openapi.Hidden(), dewar.Endpoint("hidden"))
	app.RegisterBlueprint(bp)
	app.Config.Set("SESSION_COOKIE_NAME", "sid")
	for _, tt := range []struct {
		way  []any
		want string
	}{
		{[]any{"info"}, `{"description":"All of it.","title":"Shop","version":"2"}`},
		{[]any{"servers"}, `[{"url":"https://shop.example"}]`},
		{[]any{"tags"}, `[{"name":"reports"},{"name":"shop"}]`},
		{[]any{"paths", "/shop/things", "post", "tags"}, `["shop"]`},
		{[]any{"paths", "/shop/things", "post", "operationId"}, `"addThing"`},
		{[]any{"paths", "/shop/things", "post", "summary"}, `"Add"`},
		{[]any{"paths", "/shop/things", "post", "description"}, `"At length."`},
		{[]any{"paths", "/shop/things", "post", "deprecated"}, `true`},
		{[]any{"paths", "/shop/things", "post", "security"}, `[{"session":[]},{"bearer":[]}]`},
		{[]any{"paths", "/shop/things", "post", "responses", "200", "content", "application/json", "schema"}, `{"$ref":"#/components/schemas/OrderLine"}`},
		{[]any{"paths", "/shop/things", "post", "responses", "202", "content", "application/json", "schema", "type"}, `"array"`},
		{[]any{"paths", "/shop/things", "post", "responses", "204"}, `{"description":"No Content"}`},
		{[]any{"paths", "/shop/things", "post", "responses", "409", "description"}, `"Twice."`},
		{[]any{"paths", "/shop/things", "post", "responses", "429", "description"}, `"Too Many Requests"`},
		{[]any{"paths", "/shop/things", "post", "responses", "201"}, `null`},
		{[]any{"paths", "/shop/report", "get", "responses", "200", "content"}, `{"text/csv":{}}`},
		{[]any{"paths", "/shop/report", "get", "security"}, `[]`},
		{[]any{"paths", "/shop/report", "get", "responses", "401"}, `null`},
		{[]any{"paths", "/shop/unsaid"}, `null`},
		{[]any{"paths", "/shop/hidden"}, `null`},
		{[]any{"paths", "/openapi.json"}, `null`},
		{[]any{"components", "securitySchemes", "session", "name"}, `"sid"`},
		{[]any{"components", "securitySchemes", "bearer"}, `{"bearerFormat":"JWT","scheme":"bearer","type":"http"}`},
	} {
		if got := at(t, api, tt.way...); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.way, got, tt.want)
		}
	}
	for _, status := range []string{"401", "403"} {
		if got := at(t, api, "paths", "/shop/things", "post", "responses", status); got == "null" {
			t.Errorf("there is no %s", status)
		}
	}
	judge(t, documentOf(t, api))
}

func TestOperationsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	_, api := newAPI(t)
	api.Route("/both", noOut, dewar.Methods("GET", "POST"))
	api.Get("/one", listed, dewar.AlsoAt("/two"))
	api.Get("/closure", func(c *dewar.Context) (*item, error) { return nil, nil })
	for way, want := range map[string]string{
		"/both get": `"noOut_get"`, "/both post": `"noOut_post"`, "/one get": `"listed"`, "/two get": `"listed_2"`, "/closure get": `null`,
		"/both head": `null`, "/both options": `null`,
	} {
		path, method, _ := strings.Cut(way, " ")
		if got := at(t, api, "paths", path, method, "operationId"); got != want {
			t.Errorf("%s: got %s, want %s", way, got, want)
		}
	}
	judge(t, documentOf(t, api))
}

func listed(c *dewar.Context) ([]item, error) { return nil, nil }

func TestTheBytesAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	make := func(backwards bool) string {
		_, api := newAPI(t)
		routes := []func(){
			func() { api.Get("/b", listed) },
			func() { api.Post("/a", func(c *dewar.Context, in *order) (*answerOf[leaf], error) { return nil, nil }) },
			func() { api.Get("/a", noOut) },
		}
		for i := range routes {
			if backwards {
				i = len(routes) - 1 - i
			}
			routes[i]()
		}
		return string(documentOf(t, api))
	}
	want := make(false)
	for range 20 {
		if got := make(false); got != want {
			t.Fatal("the same API has two documents")
		}
	}
	if got := make(true); got != want {
		t.Error("the order of registration changes the document")
	}
	if a, b := strings.Index(want, `"/a"`), strings.Index(want, `"/b"`); a > b {
		t.Error("the rules are in no order")
	}
}

func TestTheDocumentIsServedWithAnETag(t *testing.T) {
	t.Parallel()
	app, api := newAPI(t)
	api.Get("/b", listed)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/openapi.json", nil))
	if got := w.Header().Get("Content-Type"); w.Code != 200 || got != "application/json" || w.Body.String() != string(documentOf(t, api)) {
		t.Fatalf("got %d %s", w.Code, got)
	}
	r := httptest.NewRequest("GET", "/openapi.json", nil)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	again := httptest.NewRecorder()
	if app.ServeHTTP(again, r); again.Code != 304 {
		t.Errorf("again: got %d", again.Code)
	}
}

func TestSeveralAPIsOfOneApp(t *testing.T) {
	t.Parallel()
	app, one := newAPI(t, openapi.Below("/v1"))
	two := openapi.New(app, openapi.Below("/v2"), openapi.At("/v2/openapi.json"))
	one.Get("/v1/things", noOut, dewar.Endpoint("one"))
	two.Get("/v2/things", noOut, dewar.Endpoint("two"))
	app.Get("/v2/plain", noOut, openapi.Summary("x"), dewar.Endpoint("plain"))
	for _, tt := range []struct {
		api         *openapi.API
		has, hasNot string
	}{{one, "/v1/things", "/v2/plain"}, {two, "/v2/plain", "/v1/things"}} {
		if at(t, tt.api, "paths", tt.has) == "null" || at(t, tt.api, "paths", tt.hasNot) != "null" {
			t.Errorf("got %s", at(t, tt.api, "paths"))
		}
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
}

func TestHostsAreServers(t *testing.T) {
	t.Parallel()
	app, api := newAPI(t)
	app.Config.Set("SERVER_NAME", "shop.example")
	type page struct {
		User string `path:"user"`
	}
	api.Get("/a", func(c *dewar.Context, in *page) error { return nil }, dewar.Host("{user}.example.com"))
	api.Get("/b", noOut, dewar.Subdomain("api"))
	api.Get("/c", listed)
	for path, want := range map[string]string{
		"/a": `[{"url":"//{user}.example.com","variables":{"user":{"default":"user"}}}]`, "/b": `[{"url":"//api.shop.example"}]`, "/c": `null`,
	} {
		if got := at(t, api, "paths", path, "get", "servers"); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if got := at(t, api, "paths", "/a", "get", "parameters"); got != "null" {
		t.Errorf("got %s", got)
	}
	judge(t, documentOf(t, api))
}
