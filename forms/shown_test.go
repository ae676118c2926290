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
