package forms_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/forms"
)

// A level is read as a number and printed as a name.
type level int

func (l level) String() string { return [...]string{"none", "low", "high"}[l] }

// A spoken is read as a number, although it is written as a name.
type spoken uint8

func (spoken) MarshalText() ([]byte, error) { return []byte("seven"), nil }

// A tone is read and printed as a text of its own.
type tone struct{ name string }

func (t *tone) UnmarshalText(text []byte) error {
	t.name = string(text)
	return nil
}

func (t *tone) String() string { return t.name }

// show prepares f for a view that does not read it.
func show(t testing.TB, f forms.Struct) {
	t.Helper()
	if _, err := submit(t, "GET", "/", "", "", f, nil); err != nil {
		t.Fatal(err)
	}
}

// TestFieldsShowWhatBindReads puts values of the program into fields, which must come back as they were.
func TestFieldsShowWhatBindReads(t *testing.T) {
	t.Parallel()
	seven := 7
	pointer := &seven
	f := struct {
		forms.Form
		Level  level         `form:"level" enum:"1,2"`
		Spoken spoken        `form:"spoken"`
		Tone   tone          `form:"tone"`
		Big    *big.Int      `form:"big"`
		Far    **int         `form:"far"`
		Any    any           `form:"any"`
		Wait   time.Duration `form:"wait"`
	}{Level: 2, Spoken: 7, Tone: tone{"warm"}, Big: big.NewInt(1 << 40), Far: &pointer, Any: "any", Wait: time.Minute}
	show(t, &f)
	for name, want := range map[string]string{"level": "2", "spoken": "7", "tone": "warm", "big": "1099511627776", "far": "7", "any": "any", "wait": "1m0s"} {
		field, err := f.Field(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := field.Value(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	field, _ := f.Field("level")
	if html := string(field.HTML()); !strings.Contains(html, `<option selected value="2">`) {
		t.Errorf("nothing is selected: %s", html)
	}
}

func TestValueOfSecretsIsEmpty(t *testing.T) {
	t.Parallel()
	f := struct {
		forms.Form
		Password string `form:"password" input:"password"`
		File     string `form:"file" input:"file"`
	}{Password: "stood", File: "stood"}
	for _, body := range []string{"", "password=typed&file=typed"} {
		sent(t, &f, body)
		for _, field := range f.Fields() {
			if got := field.Value(); got != "" {
				t.Errorf("%s: got %q, want nothing", field.Name, got)
			}
		}
	}
}

// TestWhatStandsIsChosen looks for the choice that a value of the program, or of the client, is.
func TestWhatStandsIsChosen(t *testing.T) {
	t.Parallel()
	type picks struct {
		forms.Form
		Wait  time.Duration `form:"wait" enum:"1m,1h"`
		Rate  float64       `form:"rate" enum:"1.0,2.5" input:"radio"`
		Zeros []int         `form:"zeros" enum:"0,1" input:"checkboxes"`
		Many  []int         `form:"many" enum:"0,1"`
	}
	want := map[string]string{
		"wait": `<option selected value="1m">`, "rate": `<input checked id="rate-0" name="rate" type="radio" value="1.0">`,
		"zeros": `<input checked id="zeros-0" name="zeros" type="checkbox" value="0">`, "many": `<option selected value="0">`,
	}
	stood := picks{Wait: time.Minute, Rate: 1, Zeros: []int{0}, Many: []int{0}}
	show(t, &stood)
	var typed picks
	sent(t, &typed, "wait=60s&rate=1&zeros=0&many=0&x=1")
	for _, f := range []*picks{&stood, &typed} {
		for name, want := range want {
			field, err := f.Field(name)
			if err != nil {
				t.Fatal(err)
			}
			if html := string(field.HTML()); !strings.Contains(html, want) || strings.Count(html, "selected")+strings.Count(html, "checked") != 1 {
				t.Errorf("got %s, want %s in it, and nothing else chosen", html, want)
			}
		}
	}
}
