package dewar_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// wrongText fits no built-in key but SECRET_KEY, which takes any text.
const wrongText = "canary wrong"

// A source is a way into the configuration, for a key with a wrong value among good ones.
type configSource struct {
	name   string
	text   bool // carries text alone
	source string
	load   func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error
}

var configSources = []configSource{
	{"Set", false, "config_wrong_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		return c.Set(key, wrong)
	}},
	{"FromMapping", false, "config_wrong_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		return c.FromMapping(amongGood(key, wrong))
	}},
	{"Update", false, "config_wrong_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		return c.Update(amongGood(key, wrong))
	}},
	{"FromObject", false, "config_wrong_test.go:", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		fields := []reflect.StructField{
			{Name: "AAA", Type: reflect.TypeFor[int]()},
			{Name: "Wrong", Type: reflect.TypeOf(wrong), Tag: reflect.StructTag(fmt.Sprintf("config:%q", key))},
			{Name: "ZZZ", Type: reflect.TypeFor[int]()},
		}
		object := reflect.New(reflect.StructOf(fields))
		object.Elem().Field(1).Set(reflect.ValueOf(wrong))
		return c.FromObject(object.Interface())
	}},
	{"FromFile", false, "settings.json", func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error {
		writeJSON(t, dir, amongGood(key, wrong))
		return c.FromFile("settings.json", json.Unmarshal)
	}},
	{"FromEnvVar", false, "settings.json", func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error {
		writeJSON(t, dir, amongGood(key, wrong))
		t.Setenv("SETTINGS_OF_THE_TEST", "settings.json")
		return c.FromEnvVar("SETTINGS_OF_THE_TEST", json.Unmarshal)
	}},
	{"FromPrefixedEnv", true, "environment WRONG_", func(t *testing.T, c *dewar.Config, _, key string, wrong any) error {
		t.Setenv("WRONG_AAA", "1")
		t.Setenv("WRONG_"+key, wrong.(string))
		t.Setenv("WRONG_ZZZ", "1")
		return c.FromPrefixedEnv(dewar.Prefix("WRONG"))
	}},
	{"FromDotenv", true, "local.env:2", func(t *testing.T, c *dewar.Config, dir, key string, wrong any) error {
		writeFile(t, dir, "local.env", fmt.Sprintf("DOT_AAA=1\nDOT_%s='%s'\nDOT_ZZZ=1\n", key, wrong))
		return c.FromDotenv("local.env", dewar.Prefix("DOT"))
	}},
}

func amongGood(key string, wrong any) dewar.Map { return dewar.Map{"AAA": 1, key: wrong, "ZZZ": 1} }

func writeJSON(t *testing.T, dir string, v any) {
	t.Helper()
	content, err := json.Marshal(v)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "settings.json"), content, 0o600))
}

func TestAWrongValueOfABuiltinKeyIsRefusedFromEverySource(t *testing.T) {
	for _, source := range configSources {
		t.Run(source.name, func(t *testing.T) {
			c, dir := newConfig(t)
			before := slices.Collect(c.All())
			for _, s := range before {
				for _, wrong := range wrongValues(s.Key, source.text) {
					err := source.load(t, c, dir, s.Key, wrong)
					wantError(t, err, "config key "+s.Key+" from ", "want ", source.source)
					if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "1234567")) {
						t.Errorf("%s: got %q, want no value in it", s.Key, err)
					}
					if after := slices.Collect(c.All()); !reflect.DeepEqual(after, before) {
						t.Fatalf("%s: something was loaded: %v", s.Key, after)
					}
					os.Unsetenv("WRONG_" + s.Key)
				}
			}
		})
	}
}

// wrongValues returns values that do not fit key.
func wrongValues(key string, text bool) []any {
	switch {
	case text && key == "SECRET_KEY":
		return nil
	case text:
		return []any{wrongText, "{\"canary\": 1234567}"}
	case key == "SECRET_KEY":
		return []any{1234567, 1234567.5, true, []any{wrongText}, dewar.Map{"canary": 1234567}}
	}
	return []any{wrongText, dewar.Map{"canary": 1234567}, []any{dewar.Map{"canary": 1234567}}}
}

func TestAllWrongValuesAreReportedTogether(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	err := c.FromMapping(dewar.Map{"DEBUG": "maybe", "MAX_FORM_PARTS": -1, "TRUSTED_HOSTS": []any{"ok.example", 5}, "MAX_JSON_SIZE": 1.5})
	wantError(t, err, "config key DEBUG", "config key MAX_FORM_PARTS", "want 0 or more", "config key TRUSTED_HOSTS", "item 1: want text", "config key MAX_JSON_SIZE", "not a whole number")
}

func TestTextIsNotMadeOfNumbers(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	for _, value := range []any{1, int64(1), 1.5, true, json.Number("1e3"), new(5)} {
		wantError(t, c.Set("SECRET_KEY", value), "SECRET_KEY", "want text; put the value in quotes")
	}
}

func TestVariablesThatContradictEachOtherChangeNothing(t *testing.T) {
	for _, tt := range []struct {
		name      string
		variables map[string]string
		want      []string
	}{
		{"number and nested", map[string]string{"X_A": "5", "X_A__y": "1"}, []string{"X_A__y", "environment X_A and is no mapping", "remove one of the two"}},
		{"list and nested", map[string]string{"X_A": "[1]", "X_A__y": "1"}, []string{"X_A__y", "environment X_A and"}},
		{"null and nested", map[string]string{"X_A": "null", "X_A__y__z": "1"}, []string{"X_A__y__z", "environment X_A and"}},
		{"text and deeply nested", map[string]string{"X_A": "abc", "X_A__y__z": "1"}, []string{"X_A__y__z", "environment X_A and"}},
		{"inside JSON", map[string]string{"X_A": `{"b": 5}`, "X_A__b__c": "1"}, []string{"X_A__b__c", "A__b is set from environment X_A and"}},
		{"below a typed key", map[string]string{"X_DEBUG__x": "1"}, []string{"X_DEBUG__x", "DEBUG takes true or false"}},
		{"below a secret", map[string]string{"X_SECRET_KEY__x": "1"}, []string{"X_SECRET_KEY__x", "SECRET_KEY takes text"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("X_0", "1")
			t.Setenv("X_Z", "1")
			for name, text := range tt.variables {
				t.Setenv(name, text)
			}
			c, _ := newConfig(t)
			before := slices.Collect(c.All())
			wantError(t, c.FromPrefixedEnv(dewar.Prefix("X")), tt.want...)
			if after := slices.Collect(c.All()); !reflect.DeepEqual(after, before) {
				t.Errorf("something was loaded: %v", after)
			}
		})
	}
}

func TestALoadThatFailsLeavesNestedValuesAlone(t *testing.T) {
	setenv(t, map[string]string{"X_DB__HOST": "changed", "X_DB__POOL__SIZE": "9", "X_Z": "1", "X_Z__y": "1"})
	c, _ := newConfig(t)
	before := dewar.Map{"HOST": "a", "POOL": dewar.Map{"SIZE": 5}}
	must(t, c.Set("DB", before))
	wantError(t, c.FromPrefixedEnv(dewar.Prefix("X")), "X_Z__y")
	wantValue(t, c, "DB", before)
}
