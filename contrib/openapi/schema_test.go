package openapi_test

import (
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
	"github.com/dewar-go/dewar/contrib/openapi/internal/other"
)

type iban string

func (iban) OpenAPISchema() string { return `{"type":"string","format":"iban"}` }

type color struct{ rgb string }

func (c color) MarshalText() ([]byte, error)     { return []byte(c.rgb), nil }
func (c *color) UnmarshalText(text []byte) error { c.rgb = string(text); return nil }

type forest []forest

type Problem struct {
	Cause string `json:"cause"`
}

type account struct {
	IBAN    iban       `json:"iban" doc:"Where the money goes."`
	Color   color      `json:"color"`
	Balance *big.Int   `json:"balance"`
	Forest  forest     `json:"forest,omitempty"`
	Leaf    leaf       `json:"leaf" description:"As a form says it."`
	Other   other.Leaf `json:"other" doc:"Another."`
	Problem Problem    `json:"problem"`
	When    time.Time  `json:"when"`
}

func TestSchemasOfTypesWithMethods(t *testing.T) {
	t.Parallel()
	app, api := newAPI(t)
	api.Get("/account", func(c *dewar.Context) (*account, error) { return nil, nil })
	for name, want := range map[string]string{
		"iban":    `{"description":"Where the money goes.","format":"iban","type":"string"}`,
		"color":   `{"type":"string"}`,
		"balance": `{}`,
		"forest":  `{"$ref":"#/components/schemas/Forest"}`,
		"leaf":    `{"$ref":"#/components/schemas/OpenapiTestLeaf","description":"As a form says it."}`,
		"other":   `{"$ref":"#/components/schemas/OtherLeaf","description":"Another."}`,
		"problem": `{"$ref":"#/components/schemas/OpenapiTestProblem"}`,
		"when":    `{"format":"date-time","type":"string"}`,
	} {
		if got := at(t, api, "components", "schemas", "Account", "properties", name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if got := at(t, api, "components", "schemas", "Forest", "items"); !strings.Contains(got, "#/components/schemas/Forest") {
		t.Errorf("a type that is made of itself: got %s", got)
	}
	judge(t, documentOf(t, api))
	app.JSON = dewar.HTTPDates(app.JSON)
	if got := at(t, api, "components", "schemas", "Account", "properties", "when"); got != `{"type":"string"}` {
		t.Errorf("with HTTPDates: got %s", got)
	}
}

func TestOneTypeTakenAndSentHasTwoSchemas(t *testing.T) {
	t.Parallel()
	type line struct {
		Title string `json:"title" required:"true" maxlength:"9"`
		Note  string `json:"note"`
	}
	type cart struct {
		Lines []line `json:"lines"`
	}
	_, api := newAPI(t)
	api.Post("/cart", func(c *dewar.Context, in *cart) (*cart, error) { return in, nil })
	for way, want := range map[string]string{
		"Cart": `["lines"]`, "CartBody": `null`, "Line": `["title","note"]`, "LineInput": `["title"]`,
	} {
		if got := at(t, api, "components", "schemas", way, "required"); got != want {
			t.Errorf("%s: got %s, want %s", way, got, want)
		}
	}
}

func TestTypesOfOneNameInOnePackageAreNumbered(t *testing.T) {
	t.Parallel()
	_, api := newAPI(t)
	first, second := func() {
		type pair struct {
			A int `json:"a"`
		}
		api.Get("/a", func(c *dewar.Context) (*pair, error) { return nil, nil })
	}, func() {
		type pair struct {
			B int `json:"b"`
		}
		api.Get("/b", func(c *dewar.Context) (*pair, error) { return nil, nil })
	}
	second()
	first()
	if a, b := at(t, api, "components", "schemas", "Pair", "required"), at(t, api, "components", "schemas", "Pair2", "required"); a != `["a"]` || b != `["b"]` {
		t.Errorf("got %s and %s", a, b)
	}
}

type selfEmbedded struct {
	*selfEmbedded
	X int `json:"x"`
}

type ring struct {
	Name  string `json:"name"`
	Inner []struct {
		Deep []struct{ *ring } `json:"deep"`
	} `json:"inner"`
	Byte  map[netip.Addr]**ring `json:"byte"`
	Trees map[string]forest     `json:"trees"`
}

// TestTypesThatLeadBackToThemselvesEnd has the values of such types judged.
func TestTypesThatLeadBackToThemselvesEnd(t *testing.T) {
	t.Parallel()
	_, api := newAPI(t)
	api.Get("/a", func(c *dewar.Context) (*selfEmbedded, error) { return nil, nil })
	api.Get("/b", func(c *dewar.Context) (**ring, error) { return nil, nil })
	one := &ring{Name: "one"}
	two := &ring{Name: "two", Byte: map[netip.Addr]**ring{netip.MustParseAddr("::1"): &one, {}: nil}, Trees: map[string]forest{"a": {nil, {}}, "b": nil}}
	two.Inner = make([]struct {
		Deep []struct{ *ring } `json:"deep"`
	}, 2)
	two.Inner[0].Deep = []struct{ *ring }{{one}, {nil}}
	values := []judged{{"SelfEmbedded", &selfEmbedded{&selfEmbedded{}, 1}}, {"Ring", one}, {"Ring", two}}
	for i, verdict := range judge(t, documentOf(t, api), values...) {
		if verdict != "" {
			t.Errorf("value %d: %s", i, verdict)
		}
	}
}

type shadowed struct {
	twin
	ID string `json:"id"`
}

type twin struct {
	Maybe int `json:"maybe"`
	ID    int `json:"id"`
}

func TestMembersShadowOthersAsInEncodingJSON(t *testing.T) {
	t.Parallel()
	_, api := newAPI(t)
	api.Get("/x", func(c *dewar.Context) (*shadowed, error) { return nil, nil })
	if got := at(t, api, "components", "schemas", "Shadowed", "properties", "id", "type"); got != `"string"` {
		t.Errorf("got %s", got)
	}
	if got := at(t, api, "components", "schemas", "Shadowed", "required"); got != `["maybe","id"]` {
		t.Errorf("got %s", got)
	}
}

var _ openapi.Describer = iban("")
