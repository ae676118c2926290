package dewar_test

import (
	"reflect"
	"testing"

	"github.com/dewar-go/dewar"
)

// exactTexts look like values of JSON, which decoding changes: secrets and versions are no numbers.
var exactTexts = []string{
	"12e3", "1.50", "007", "1E3", "-0", "1.0", "0.10", "12345678901234567890123", "9223372036854775808", "1e400", "true", "false",
	"0", " 5 ", "[1.50]", `{"a": 1.50}`, "1_000", "é",
}

// TestTextOfTheEnvironmentIsKeptWhereTextIsWanted holds for a key, for keys below it and for those of mappings of text.
func TestTextOfTheEnvironmentIsKeptWhereTextIsWanted(t *testing.T) {
	type pool struct{ Token string }
	type settings struct {
		Plain   string
		Pointer *string
		DB      struct {
			Password string
			Pin      *string
			Any      any
			Pool     pool
			Deep     *pool
		}
		Servers map[string]pool
		Options map[string]string
		Nested  map[string]map[string]string
	}
	for _, text := range exactTexts {
		t.Run(text, func(t *testing.T) {
			setenv(t, map[string]string{
				"X_PLAIN": text, "X_POINTER": text, "X_DB__PASSWORD": text, "X_DB__PIN": text, "X_DB__POOL__TOKEN": text, "X_DB__DEEP__TOKEN": text,
				"X_SERVERS__one__TOKEN": text, "X_OPTIONS__sslmode": text, "X_NESTED__a__b": text, "X_DB__ANY": "1.50",
			})
			c, _ := newConfig(t)
			must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
			var got settings
			must(t, c.Decode(&got))
			for place, value := range map[string]string{
				"a field": got.Plain, "a pointer": *got.Pointer, "a nested field": got.DB.Password, "a nested pointer": *got.DB.Pin,
				"a struct inside": got.DB.Pool.Token, "a pointer to a struct": got.DB.Deep.Token, "a mapping of structs": got.Servers["one"].Token,
				"a mapping of text": got.Options["sslmode"], "a mapping of mappings": got.Nested["a"]["b"],
			} {
				if value != text {
					t.Errorf("%s: got %q, want %q", place, value, text)
				}
			}
			if got.DB.Any != 1.5 {
				t.Errorf("got %v, want the number where anything is wanted", got.DB.Any)
			}
			if options := dewar.ValueOr(c, "OPTIONS", map[string]string{}); options["sslmode"] != text {
				t.Errorf("ValueOr: got %q, want %q", options["sslmode"], text)
			}
			if plain := c.String("PLAIN"); plain != text {
				t.Errorf("String: got %q, want %q", plain, text)
			}
			if plain, err := dewar.Require[string](c, "PLAIN"); err != nil || plain != text {
				t.Errorf("Require: got %q, %v, want %q", plain, err, text)
			}
		})
	}
}

func TestQuotedTextOfTheEnvironmentLosesItsQuotes(t *testing.T) {
	setenv(t, map[string]string{"X_DB__PASSWORD": `"12e3"`, "X_DB__HOST": "db.example", "X_LIST": "[1.50, \"a\", 007]", "X_NUMBERS": "[1.50,12e3]"})
	c, _ := newConfig(t)
	must(t, c.Set("DB", dewar.Map{"HOST": "old", "PORT": 5432}))
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	var got struct {
		DB struct {
			Password, Host string
			Port           int
		}
		List    string
		Numbers []string
	}
	must(t, c.Decode(&got))
	if got.DB.Password != "12e3" || got.DB.Host != "db.example" || got.DB.Port != 5432 {
		t.Errorf("got %+v", got.DB)
	}
	if got.List != "[1.50, \"a\", 007]" || !reflect.DeepEqual(got.Numbers, []string{"1.50", "12e3"}) {
		t.Errorf("got %q and %q, want the texts as they stand", got.List, got.Numbers)
	}
}

// TestAValueThatIsReplacedTakesItsTextWithIt holds that no text of an earlier load is taken for a later value.
func TestAValueThatIsReplacedTakesItsTextWithIt(t *testing.T) {
	setenv(t, map[string]string{"X_DB__PIN": "1.50", "X_CODE": "1.50", "X_DB__A__B": "1.50"})
	c, _ := newConfig(t)
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	must(t, c.Update(dewar.Map{"DB": dewar.Map{"PIN": 1.25, "A": dewar.Map{"B": 2}}, "CODE": 7}))
	var got struct {
		Code string
		DB   struct {
			Pin string
			A   map[string]string
		}
	}
	must(t, c.Decode(&got))
	if got.Code != "7" || got.DB.Pin != "1.25" || got.DB.A["B"] != "2" {
		t.Errorf("got %+v, want the later values", got)
	}
	t.Setenv("X_DB__A__B", "2.50")
	must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
	must(t, c.Decode(&got))
	if got.DB.Pin != "1.50" || got.DB.A["B"] != "2.50" {
		t.Errorf("got %+v, want the texts of the environment again", got)
	}
}

func TestGettersOfAKeyWithoutATypeKeepTheText(t *testing.T) {
	for _, text := range exactTexts {
		t.Run(text, func(t *testing.T) {
			setenv(t, map[string]string{"X_VALUE": text})
			c, _ := newConfig(t)
			must(t, c.FromPrefixedEnv(dewar.EnvPrefix("X")))
			if got := c.String("VALUE"); got != text {
				t.Errorf("String: got %q, want %q", got, text)
			}
			if got := dewar.ValueOr(c, "VALUE", ""); got != text {
				t.Errorf("ValueOr: got %q, want %q", got, text)
			}
		})
	}
}
