package openapi_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
)

// npm is where npm ci puts the validators.
var npm = filepath.Join("testdata", "npm")

// needValidators skips the test where they are not installed, unless DEWAR_NPM says that they are needed.
func needValidators(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(npm, "node_modules", "ajv"))
	}
	switch {
	case err == nil:
	case os.Getenv("DEWAR_NPM") == "required":
		t.Fatalf("DEWAR_NPM=required: %v; install node and npm, and run npm ci in contrib/openapi/testdata/npm", err)
	default:
		t.Skipf("NO DOCUMENT IS VALIDATED: %v; install node and npm, and run npm ci in contrib/openapi/testdata/npm", err)
	}
}

// A judged is a value that a validator of JSON Schema compares with a component of a document.
type judged struct {
	Schema string `json:"schema"`
	Value  any    `json:"value"`
}

// judge validates a document, and values by its schemas. The verdict of a value that is right is "".
func judge(t *testing.T, document []byte, values ...judged) (verdicts []string) {
	t.Helper()
	needValidators(t)
	input, err := json.Marshal(map[string]any{"document": json.RawMessage(document), "values": append([]judged{}, values...)})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "check.mjs")
	cmd.Dir, cmd.Stdin = npm, bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var said struct {
		Errors   []json.RawMessage `json:"errors"`
		Verdicts []string          `json:"verdicts"`
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	for _, e := range said.Errors {
		t.Errorf("the document is wrong: %s", e)
	}
	return said.Verdicts
}

func documentOf(t *testing.T, api *openapi.API) []byte {
	t.Helper()
	document, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// TestTheValidatorFindsFaults sees the validator refuse what is wrong, before it is believed.
func TestTheValidatorFindsFaults(t *testing.T) {
	t.Parallel()
	needValidators(t)
	cmd := exec.Command("node", "check.mjs")
	cmd.Dir, cmd.Stdin = npm, strings.NewReader(`{"document":{"openapi":"3.1.1","info":{"title":"x"},"paths":{}},"values":[]}`)
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), "version") {
		t.Errorf("a document without a version: got %s, %v", out, err)
	}
}

type order struct {
	Name    string          `json:"name" required:"true" minlength:"2" maxlength:"5"`
	Code    string          `json:"code" pattern:"(?i)[a-z]{2}-\\d+|x"`
	Count   int             `json:"count" min:"1" max:"9"`
	Weight  float64         `json:"weight" above:"0" below:"1.5"`
	Small   int8            `json:"small"`
	Color   string          `json:"color" enum:"red,green"`
	Size    int             `json:"size" enum:"1,2,3"`
	User    string          `json:"user" noneof:"admin,root"`
	Mail    string          `json:"mail" format:"email"`
	Tags    []string        `json:"tags" minitems:"1" maxitems:"2" unique:"true" maxlength:"3"`
	Sent    time.Time       `json:"sent"`
	Wait    time.Duration   `json:"wait"`
	Ref     dewar.UUID      `json:"ref"`
	Note    *string         `json:"note"`
	Lines   []orderLine     `json:"lines"`
	Prices  map[string]int  `json:"prices" maxitems:"1"`
	Extra   any             `json:"extra"`
	Raw     json.RawMessage `json:"raw"`
	Parent  *order          `json:"parent"`
	Address struct {
		City string `json:"city" required:"true"`
	} `json:"address"`
}

type orderLine struct {
	Title string `json:"title" required:"true"`
	Count uint8  `json:"count"`
}

// TestBindAndTheDocumentTakeTheSame sends bodies to an App, and asks a validator what the document says of them.
func TestBindAndTheDocumentTakeTheSame(t *testing.T) {
	t.Parallel()
	app := dewar.New("orders", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Post("/orders", func(c *dewar.Context, in *order) error { return nil }, openapi.Strict())
	bodies := []struct {
		body string
		good bool
	}{
		{`{"name":"Ann"}`, true},
		{`{}`, false},
		{`{"name":""}`, false},
		{`{"name":null}`, false},
		{`{"name":"A"}`, false},
		{`{"name":"Antonia"}`, false},
		{`{"name":"Änn"}`, true},
		{`{"name":7}`, false},
		{`{"name":"Ann","nmae":1}`, false},
		{`{"name":"Ann","code":"AB-12"}`, true},
		{`{"name":"Ann","code":"x"}`, true},
		{`{"name":"Ann","code":"AB-12 "}`, false},
		{`{"name":"Ann","code":"xx"}`, false},
		{`{"name":"Ann","count":1}`, true},
		{`{"name":"Ann","count":0}`, false},
		{`{"name":"Ann","count":10}`, false},
		{`{"name":"Ann","count":1.5}`, false},
		{`{"name":"Ann","weight":1.5}`, false},
		{`{"name":"Ann","weight":0}`, false},
		{`{"name":"Ann","weight":1.25}`, true},
		{`{"name":"Ann","small":-128}`, true},
		{`{"name":"Ann","small":128}`, false},
		{`{"name":"Ann","color":"green"}`, true},
		{`{"name":"Ann","color":"blue"}`, false},
		{`{"name":"Ann","size":2}`, true},
		{`{"name":"Ann","size":4}`, false},
		{`{"name":"Ann","user":"ann"}`, true},
		{`{"name":"Ann","user":"root"}`, false},
		{`{"name":"Ann","mail":"ann@example.com"}`, true},
		{`{"name":"Ann","mail":"ann"}`, false},
		{`{"name":"Ann","tags":["a","b"]}`, true},
		{`{"name":"Ann","tags":[]}`, false},
		{`{"name":"Ann","tags":["a","b","c"]}`, false},
		{`{"name":"Ann","tags":["a","a"]}`, false},
		{`{"name":"Ann","tags":["long"]}`, false},
		{`{"name":"Ann","sent":"2026-01-31T12:00:00Z"}`, true},
		{`{"name":"Ann","sent":"soon"}`, false},
		{`{"name":"Ann","wait":"1m30s"}`, true},
		{`{"name":"Ann","wait":90}`, true},
		{`{"name":"Ann","wait":true}`, false},
		{`{"name":"Ann","ref":"67e55044-10b1-426f-9247-bb680e5fe0c8"}`, true},
		{`{"name":"Ann","ref":"67e55044"}`, false},
		{`{"name":"Ann","note":null}`, true},
		{`{"name":"Ann","note":"new"}`, true},
		{`{"name":"Ann","note":7}`, false},
		{`{"name":"Ann","lines":[{"title":"Tea","count":255}]}`, true},
		{`{"name":"Ann","lines":[{"count":1}]}`, false},
		{`{"name":"Ann","lines":[{"title":"Tea","conut":1}]}`, false},
		{`{"name":"Ann","lines":[{"title":"Tea","count":256}]}`, false},
		{`{"name":"Ann","prices":{"tea":1}}`, true},
		{`{"name":"Ann","prices":{"tea":1,"milk":2}}`, false},
		{`{"name":"Ann","prices":{"tea":"much"}}`, false},
		{`{"name":"Ann","extra":{"any":["thing"]},"raw":[1]}`, true},
		{`{"name":"Ann","parent":{"name":"Eve"}}`, true},
		{`{"name":"Ann","parent":{"name":"E"}}`, false},
		{`{"name":"Ann","parent":{"name":"Eve","parent":{}}}`, false},
		{`{"name":"Ann","address":{"city":"Ulm"}}`, true},
		{`{"name":"Ann","address":{}}`, false},
	}
	var values []judged
	for _, b := range bodies {
		values = append(values, judged{"OrderStrictBody", json.RawMessage(b.body)})
		r := httptest.NewRequest("POST", "/orders", strings.NewReader(b.body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if got := w.Code == http.StatusNoContent; got != b.good {
			t.Errorf("Bind of %s: got %d %s", b.body, w.Code, w.Body)
		}
	}
	for i, verdict := range judge(t, documentOf(t, api), values...) {
		if got := verdict == ""; got != bodies[i].good {
			t.Errorf("the document on %s: got %q, want it as Bind takes it: %v", bodies[i].body, verdict, bodies[i].good)
		}
	}
}

type base struct {
	ID int `json:"id"`
}

type optional struct {
	Maybe string `json:"maybe"`
}

type answerOf[T any] struct {
	base
	*optional
	Items   []T             `json:"items"`
	First   *T              `json:"first"`
	Rest    *T              `json:"rest,omitempty"`
	ByName  map[string]T    `json:"byName"`
	ByID    map[int]bool    `json:"byID,omitempty"`
	Empty   []int           `json:"empty,omitempty"`
	Pair    [2]int          `json:"pair"`
	When    time.Time       `json:"when,omitzero"`
	Wait    time.Duration   `json:"wait"`
	Ref     dewar.UUID      `json:"ref"`
	Bytes   []byte          `json:"bytes"`
	Text    int             `json:"text,string"`
	Any     any             `json:"any"`
	Raw     json.RawMessage `json:"raw"`
	Number  json.Number     `json:"number"`
	Hidden  string          `json:"-"`
	Plain   bool
	Matrix  [][]float32       `json:"matrix"`
	Inner   struct{ A uint8 } `json:"inner"`
	Tree    *tree             `json:"tree"`
	private int
}

type tree struct {
	Name     string `json:"name"`
	Children []tree `json:"children"`
}

type leaf struct {
	Name string `json:"name"`
}

type needed struct {
	List []string `json:"list" required:"true"`
	Text *string  `json:"text" required:"true"`
	Name name     `json:"name" required:"true"`
	Any  any      `json:"any" required:"true"`
	Flag bool     `json:"flag" required:"true"`
	Wait *int     `json:"wait" required:"true"`
}

type name string

// TestWhatIsRequiredIsSoInTheDocument sends each field as nothing, as null and as what is empty.
func TestWhatIsRequiredIsSoInTheDocument(t *testing.T) {
	t.Parallel()
	app := dewar.New("needs", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Post("/needs", func(c *dewar.Context, in *needed) error { return nil })
	all := map[string]string{"list": `["a"]`, "text": `"a"`, "name": `"a"`, "any": `1`, "flag": `true`, "wait": `1`}
	var bodies []string
	for field := range all {
		for _, value := range []string{"", "null", `""`, "[]", "false", "0"} {
			var members []string
			for other, text := range all {
				if other == field {
					text = value
				}
				if text != "" {
					members = append(members, `"`+other+`":`+text)
				}
			}
			bodies = append(bodies, "{"+strings.Join(members, ",")+"}")
		}
	}
	var values []judged
	for _, body := range bodies {
		values = append(values, judged{"Needed", json.RawMessage(body)})
	}
	for i, verdict := range judge(t, documentOf(t, api), values...) {
		r := httptest.NewRequest("POST", "/needs", strings.NewReader(bodies[i]))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if taken := w.Code == http.StatusNoContent; taken != (verdict == "") {
			t.Errorf("%s: Bind answers %d %s, the document says %q", bodies[i], w.Code, w.Body, verdict)
		}
	}
}

// TestWhatIsAnsweredIsWhatTheDocumentSays sends values with all and with nothing in them.
func TestWhatIsAnsweredIsWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	full := &answerOf[leaf]{
		base: base{7}, optional: &optional{"yes"}, Items: []leaf{{"a"}}, First: &leaf{"b"}, Rest: &leaf{"c"},
		ByName: map[string]leaf{"d": {"e"}}, ByID: map[int]bool{1: true}, Empty: []int{1}, When: time.Now(), Wait: time.Minute, Bytes: []byte("x"),
		Any: 1, Raw: json.RawMessage(`[]`), Number: "1.5", Matrix: [][]float32{{1}, nil}, Tree: &tree{"root", []tree{{"leaf", nil}}}, private: 1,
	}
	app := dewar.New("answers", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Get("/full", func(c *dewar.Context) (*answerOf[leaf], error) { return full, nil })
	api.Get("/zero", func(c *dewar.Context) (*answerOf[leaf], error) { return &answerOf[leaf]{Number: "0"}, nil })
	var zero map[string]json.RawMessage
	var values []judged
	for _, path := range []string{"/full", "/zero"} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: got %d %s", path, w.Code, w.Body)
		}
		values = append(values, judged{"AnswerOfLeaf", json.RawMessage(w.Body.Bytes())})
		if err := json.Unmarshal(w.Body.Bytes(), &zero); err != nil {
			t.Fatal(err)
		}
		if path == "/full" {
			clear(zero)
		}
	}
	for name := range zero { // whatever is always there is required
		less := maps.Clone(zero)
		delete(less, name)
		values = append(values, judged{"AnswerOfLeaf", less})
	}
	for i, verdict := range judge(t, documentOf(t, api), values...) {
		if good := i < 2; good != (verdict == "") {
			text, _ := json.Marshal(values[i].Value)
			t.Errorf("value %d, %s: the document says %q", i, text, verdict)
		}
	}
}

// TestAnErrorIsTheProblemOfTheDocument sends what is wrong.
func TestAnErrorIsTheProblemOfTheDocument(t *testing.T) {
	t.Parallel()
	app := dewar.New("errors", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Post("/orders", func(c *dewar.Context, in *order) error { return nil })
	r := httptest.NewRequest("POST", "/orders", strings.NewReader(`{"count":0}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Type"); w.Code != 400 || got != "application/problem+json" {
		t.Fatalf("got %d %s", w.Code, got)
	}
	verdicts := judge(t, documentOf(t, api), judged{"Problem", json.RawMessage(w.Body.Bytes())}, judged{"Problem", map[string]int{"status": 200}})
	if verdicts[0] != "" || verdicts[1] == "" {
		t.Errorf("got %q", verdicts)
	}
}

// TestTheExampleIsValid has the document of _examples/openapi judged, which its own test compares with what the program does.
func TestTheExampleIsValid(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "_examples", "openapi", "testdata", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	verdicts := judge(t, document, judged{"NewBook", map[string]any{"title": "Momo", "year": 1973}}, judged{"NewBook", map[string]any{"title": "Momo", "year": 73}})
	if verdicts[0] != "" || verdicts[1] == "" {
		t.Errorf("got %q", verdicts)
	}
}
