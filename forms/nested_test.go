package forms_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/forms"
)

type (
	item struct {
		Name string  `form:"name" json:"name" label:"What" required:"true" maxlength:"5"`
		Kind string  `form:"kind"`
		New  bool    `form:"new"`
		Cost float64 `form:"cost" min:"0"`
	}
	address struct {
		Street string `form:"street" required:"true"`
		City   string `form:"city"`
	}
	order struct {
		forms.Form
		To    address           `form:"to" label:"Where to"`
		From  *address          `form:"from"`
		Items []item            `form:"items" label:"Things" minitems:"1" maxitems:"4" rows:"1"`
		Tags  []string          `form:"tags" maxlength:"4" rows:"2"`
		Notes map[string]string `form:"notes"`
	}
)

func newOrder() *order {
	f := &order{To: address{"Main Street 1", "Bergen"}, Items: []item{{Name: "hat", Kind: "b", Cost: 2.5, New: true}, {Name: "coat"}}}
	f.SetChoices("items.kind", forms.Choice{Value: "a", Label: "A"}, forms.Choice{Value: "b", Label: "B"})
	f.SetLabel("to.street", "Street and number")
	return f
}

func TestFormsInsideForms(t *testing.T) {
	t.Parallel()
	f := newOrder()
	show(t, f)
	html, err := f.QuickForm()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<fieldset class="field" id="to"><legend>Where to</legend>`, `<label for="to-street">Street and number</label>`,
		`<input id="to-street" name="to.street" required type="text" value="Main Street 1">`, `<input id="from-city" name="from.city" type="text" value="">`,
		`<div class="row" id="items-0">`, `<input id="items-0-name" maxlength="5" name="items[0].name" required type="text" value="hat">`,
		`<select id="items-0-kind" name="items[0].kind"><option value="a">A</option><option selected value="b">B</option></select>`,
		`<input checked id="items-0-new" name="items[0].new" type="checkbox" value="y">`, `name="items[1].name" required type="text" value="coat"`,
		`<input aria-label="Tags 1" id="tags-0" maxlength="4" name="tags" type="text" value="">`, `id="tags-1"`,
	} {
		if !strings.Contains(string(html), want) {
			t.Errorf("got %s, want %s in it", html, want)
		}
	}
	if strings.Contains(string(html), "items[2]") || strings.Contains(string(html), "notes") {
		t.Errorf("it shows more: %s", html)
	}
}

func TestFormsInsideFormsAreRead(t *testing.T) {
	t.Parallel()
	f := newOrder()
	if !sent(t, f, "to.street=Harbour+2&to.city=Oslo&items[0].name=cap&items[0].kind=a&items[7].name=shoe&items[7].new=y&tags=one&tags=two") {
		t.Fatalf("got %v", f.Errors())
	}
	if want := []item{{Name: "cap", Kind: "a"}, {Name: "shoe", New: true}}; !slices.Equal(f.Items, want) || f.To != (address{"Harbour 2", "Oslo"}) || f.From != nil || !slices.Equal(f.Tags, []string{"one", "two"}) {
		t.Errorf("got %+v %+v %v %q", f.Items, f.To, f.From, f.Tags)
	}
	for body, want := range map[string]string{
		"to.street=&items[0].name=cap":                                                                "map[to.street:[This field is required.]]",
		"to.street=a&items[0].name=&items[2].name=toolong":                                            "map[items[0].name:[This field is required.] items[2].name:[Field cannot be longer than 5 characters.]]",
		"to.street=a&items[2][name]=toolong&items[2][cost]=x":                                         "map[items[2].cost:[Not a valid float value.] items[2].name:[Field cannot be longer than 5 characters.]]",
		"to.street=a&items[0].name=a&items[0].kind=c":                                                 "map[items[0].kind:[Not a valid choice.]]",
		"to.street=a&items[0].name=++":                                                                "map[items[0].name:[This field is required.]]",
		"to.street=a&items[0].name=a&tags=one&tags=three":                                             "map[tags[1]:[Field cannot be longer than 4 characters.]]",
		"to.street=a&items[0].name=a&items[1].name=a&items[2].name=a&items[3].name=a&items[4].name=a": "map[items:[Choose at most 4.]]",
	} {
		f := newOrder()
		sent(t, f, body)
		if got := fmt.Sprint(f.Errors()); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
}

func TestRowsThatWereTypedAreShownAgain(t *testing.T) {
	t.Parallel()
	f := newOrder()
	if sent(t, f, "to.street=&items[3][name]=toolong&items[3][kind]=a&items[9].name=b&tags=x&tags=y&tags=z") {
		t.Fatal("it is taken")
	}
	html, err := f.QuickForm()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`name="items[3].name" required type="text" value="toolong">`, `<option selected value="a">`, `name="items[9].name" required type="text" value="b"`,
		`<ul class="errors" id="items-3-name-errors"><li>Field cannot be longer than 5 characters.</li></ul>`, `id="tags-2" maxlength="4" name="tags" type="text" value="z"`,
		`<input aria-describedby="to-street-errors" aria-invalid="true" id="to-street" name="to.street" required type="text" value="">`,
	} {
		if !strings.Contains(string(html), want) {
			t.Errorf("got %s, want %s in it", html, want)
		}
	}
	if strings.Contains(string(html), `"hat"`) || strings.Contains(string(html), "items[0]") {
		t.Errorf("a row that was not sent is shown: %s", html)
	}
}

func TestAListThatWasEmptied(t *testing.T) {
	t.Parallel()
	f := &struct {
		forms.Form
		Items []item `form:"items"`
	}{Items: []item{{Name: "hat"}}}
	if !sent(t, f, "x=1") || len(f.Items) != 0 {
		t.Errorf("got %v, %v, want no rows", f.Items, f.Errors())
	}
}

// A tree leads back to itself.
type tree struct {
	Name string `form:"name"`
	Sub  []tree `form:"sub" rows:"1"`
}

func TestFormsThatLeadBackToThemselves(t *testing.T) {
	t.Parallel()
	f := &struct {
		forms.Form
		Top tree `form:"top"`
	}{}
	show(t, f)
	if html, err := f.QuickForm(); err != nil || !strings.Contains(string(html), `name="top.sub[0].sub[0].name"`) || len(html) > 10_000 {
		t.Errorf("got %d bytes, %v: %s", len(html), err, html)
	}
}

func TestMistakesOfRows(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]forms.Struct{
		`has the tag rows:"x"; write how many rows of a list are shown at least`: &struct {
			forms.Form
			Tags []string `form:"tags" rows:"x"`
		}{},
		`field Name of forms_test.bad has the tag input:"texd", which is none; did you mean "text"?`: &struct {
			forms.Form
			Rows []bad `form:"rows"`
		}{},
		`no field "items.knd"; did you mean`: func() forms.Struct {
			f := newOrder()
			f.SetChoices("items.knd", forms.Choice{Value: "a"})
			return f
		}(),
	} {
		if _, err := submit(t, "GET", "/", "", "", f, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

type bad struct {
	Name string `form:"name" input:"texd"`
}

func TestChoicesInGroups(t *testing.T) {
	t.Parallel()
	var f struct {
		forms.Form
		City string `form:"city"`
	}
	f.SetChoices("city", forms.Choice{Value: "x", Label: "Elsewhere"}, forms.Choice{Value: "osl", Label: "Oslo", Group: "Norway & Svalbard"},
		forms.Choice{Value: "bgo", Label: "Bergen", Group: "Norway & Svalbard"}, forms.Choice{Value: "sto", Group: "Sweden"})
	sent(t, &f, "city=bgo")
	field, err := f.Field("city")
	if err != nil {
		t.Fatal(err)
	}
	want := `<select id="city" name="city"><option value="x">Elsewhere</option><optgroup label="Norway &amp; Svalbard"><option value="osl">Oslo</option>` +
		`<option selected value="bgo">Bergen</option></optgroup><optgroup label="Sweden"><option value="sto">sto</option></optgroup></select>`
	if got := string(field.HTML()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

type (
	leaf struct {
		V string `form:"v"`
	}
	box struct {
		Items []leaf `form:"items"`
	}
	shelf struct {
		Boxes []box `form:"boxes"`
	}
)

// The names of a form are read once for all of its lists: with once for each list this takes minutes.
func TestListsOfListsWithManyRows(t *testing.T) {
	t.Parallel()
	f := &struct {
		forms.Form
		Shelves []shelf `form:"shelves"`
		Last    int     `form:"last" required:"true"`
	}{}
	var pairs []string
	for i := range 9000 {
		pairs = append(pairs, fmt.Sprintf("shelves[%d].boxes[%d][items][0].v=x", 999-i%1000, i/1000))
	}
	if sent(t, f, strings.Join(pairs, "&")) || len(f.Errors()) != 1 {
		t.Fatalf("got %v, want one error", f.Errors())
	}
	shelves, err := f.Field("shelves")
	if err != nil || len(shelves.Fields()) != 1000 {
		t.Fatalf("got %d rows, %v", len(shelves.Fields()), err)
	}
	for _, row := range []int{0, 999} {
		boxes := shelves.Fields()[row].Fields()[0]
		last := boxes.Fields()[len(boxes.Fields())-1].Fields()[0].Fields()[0].Fields()[0]
		if want := fmt.Sprintf("shelves[%d].boxes[8].items[0].v", row); len(boxes.Fields()) != 9 || last.Name != want {
			t.Errorf("got %d boxes and the field %s, want %s", len(boxes.Fields()), last.Name, want)
		}
	}
}
