package dewar_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

type databaseSection struct {
	Host string
	Port int `config:"port"`
}

type closed struct{ Open, hidden int }

func TestFromObject(t *testing.T) {
	t.Parallel()
	moment := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	client := &http.Client{}
	number, text := 5, "x"
	for _, tt := range []struct {
		name   string
		object any
		want   dewar.Map
	}{
		{"names", struct {
			Title, OAuth2ClientID, HTTPPort, UseXSendfile string
		}{"a", "b", "c", "1"}, dewar.Map{"TITLE": "a", "OAUTH2_CLIENT_ID": "b", "HTTP_PORT": "c", "USE_X_SENDFILE": true}},
		{"tag", struct {
			Title string `config:"NAME_OF_SITE"`
		}{"a"}, dewar.Map{"NAME_OF_SITE": "a", "TITLE": nil}},
		{"left out", struct {
			Title string `config:"-"`
			lower string
		}{"a", "b"}, dewar.Map{"TITLE": nil, "LOWER": nil}},
		{"zero values count", struct{ Debug, Zero bool }{}, dewar.Map{"ZERO": false}},
		{"zero values that do not", struct {
			Zero string `config:",omitzero"`
			One  string `config:"ONE,omitzero"`
		}{One: "1"}, dewar.Map{"ZERO": nil, "ONE": "1"}},
		{"pointers", struct {
			Number *int
			Text   **string
			Unset  *int
		}{Number: &number, Text: new(&text)}, dewar.Map{"NUMBER": 5, "TEXT": "x", "UNSET": nil}},
		{"struct inside", struct{ DB databaseSection }{databaseSection{"h", 1}}, dewar.Map{"DB": dewar.Map{"HOST": "h", "port": 1}}},
		{"values of their own", struct {
			When    time.Time
			Address netip.Addr
			URL     url.URL
			Wait    time.Duration
			Client  *http.Client
			Closed  closed
		}{moment, netip.IPv6Loopback(), url.URL{Host: "h"}, time.Second, client, closed{1, 2}},
			dewar.Map{"WHEN": moment, "ADDRESS": netip.IPv6Loopback(), "URL": url.URL{Host: "h"}, "WAIT": time.Second, "CLIENT": client,
				"CLOSED": closed{1, 2}}},
		{"lists and maps", struct {
			List []string
			Map  map[string]int
		}{[]string{"a"}, map[string]int{"a": 1}}, dewar.Map{"LIST": []string{"a"}, "MAP": map[string]int{"a": 1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newConfig(t)
			must(t, c.FromObject(tt.object))
			for key, want := range tt.want {
				wantValue(t, c, key, want)
			}
		})
	}
}

func TestFromObjectTakesEmbeddedStructs(t *testing.T) {
	t.Parallel()
	type Base struct{ Title, Inherited string }
	type Deep struct{ Base }
	type Extra struct{ More string }
	type optional struct{ Quiet string }
	type Production struct {
		Deep
		*Extra
		optional
		Title string
	}
	c, _ := newConfig(t)
	must(t, c.FromObject(&Production{Deep: Deep{Base{"base", "inherited"}}, optional: optional{"q"}, Title: "production"}))
	wantValue(t, c, "TITLE", "production")
	wantValue(t, c, "INHERITED", "inherited")
	wantValue(t, c, "QUIET", "q")
	wantValue(t, c, "MORE", nil)
	must(t, c.FromObject(Production{Extra: &Extra{"more"}}))
	wantValue(t, c, "MORE", "more")
	type named struct {
		Base `config:"BASE"`
	}
	must(t, c.FromObject(named{Base{"b", "i"}}))
	wantValue(t, c, "BASE", dewar.Map{"TITLE": "b", "INHERITED": "i"})
}

func TestFromObjectRefuses(t *testing.T) {
	t.Parallel()
	type A struct{ Title string }
	type B struct{ Title string }
	for _, tt := range []struct {
		name   string
		object any
		want   []string
	}{
		{"a mapping", dewar.Map{"TITLE": 1}, []string{"map[string]interface {}", "FromMapping"}},
		{"a name", "config.ProductionConfig", []string{"pass the struct itself"}},
		{"nil", nil, []string{"want a struct"}},
		{"a nil pointer", (*A)(nil), []string{"*dewar_test.A", "not nil"}},
		{"a list", []int{1}, []string{"[]int"}},
		{"a tag in lower case", struct {
			A int `config:"lower"`
		}{}, []string{`"lower" is not upper-case`}},
		{"an unknown option", struct {
			A int `config:"A,omitempty"`
		}{}, []string{"field A", `"omitempty"`, "omitzero and required"}},
		{"one key twice", struct {
			Title string
			Name  string `config:"TITLE"`
		}{}, []string{"the fields Title and Name are both TITLE"}},
		{"one key twice by embedding", struct {
			A
			B
		}{}, []string{"the fields A.Title and B.Title are both TITLE"}},
		{"one key twice inside", struct {
			DB struct {
				A
				B
			}
		}{}, []string{"DB: the fields A.Title"}},
		{"a wrong value", struct{ Debug string }{"canary"}, []string{"config key DEBUG from ", "config_object_test.go", "want true or false"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newConfig(t)
			err := c.FromObject(tt.object)
			wantError(t, err, tt.want...)
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("got %q, want no value in it", err)
			}
		})
	}
}

type serverSection struct {
	Name  string `config:",required"`
	Ports []int
}

type siteSettings struct {
	Title    string `config:",required"`
	Debug    bool
	Timeout  time.Duration `default:"30s"`
	Hosts    []string      `default:"a.example,b.example"`
	Rate     float32       `default:"0.5"`
	Level    *int
	Token    string
	DB       databaseSection
	Cache    *databaseSection
	Servers  []serverSection
	ByRegion map[string]*serverSection
	Limits   map[string]int
	Started  time.Time
	Any      any
	Kept     string
	hidden   int
}

func TestDecode(t *testing.T) {
	t.Setenv("X_TOKEN", "1e3")
	t.Setenv("X_DB__HOST", "from environment")
	c, dir := newConfig(t)
	writeFile(t, dir, "config.json", `{"TITLE": "dewar", "LEVEL": 3, "DB": {"host": "from file", "PORT": "5432"}, "TIMEOUT": 1.5,
		"SERVERS": [{"NAME": "one", "ports": [1, "2"]}, {"name": "two"}], "BY_REGION": {"eu": {"Name": "three"}},
		"LIMITS": {"a": 1}, "STARTED": "2024-02-29", "ANY": [1], "DEBUG": true}`)
	must(t, c.FromFile("config.json", json.Unmarshal))
	must(t, c.FromPrefixedEnv(dewar.Prefix("X")))
	level := 7
	got := siteSettings{Kept: "kept", Level: &level, hidden: 5}
	must(t, c.Decode(&got))
	three := 3
	want := siteSettings{
		Title: "dewar", Debug: true, Timeout: 1500 * time.Millisecond, Hosts: []string{"a.example", "b.example"}, Rate: 0.5, Level: &three,
		Token: "1e3", DB: databaseSection{"from environment", 5432},
		Servers:  []serverSection{{"one", []int{1, 2}}, {Name: "two"}},
		ByRegion: map[string]*serverSection{"eu": {Name: "three"}}, Limits: map[string]int{"a": 1},
		Started: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), Any: []any{int64(1)}, Kept: "kept", hidden: 5,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if level != 7 {
		t.Error("what a pointer led to was changed")
	}
}

func TestDecodeFillsASectionThatIsMissing(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	var got struct {
		DB struct {
			Host string `default:"localhost"`
			Pool struct {
				Size int `default:"5"`
			}
		}
		Cache *struct {
			Host string `config:",required"`
		}
	}
	must(t, c.Decode(&got))
	if got.DB.Host != "localhost" || got.DB.Pool.Size != 5 || got.Cache != nil {
		t.Errorf("got %+v, want the defaults inside and no cache", got)
	}
}

func TestDecodeReportsEverythingAtOnce(t *testing.T) {
	t.Setenv("X_DB__PORT", "canary")
	c, dir := newConfig(t)
	writeFile(t, dir, "config.json", `{"TIMEOUT": "canary", "SERVERS": [{"NAME": "one"}, {"PORTS": ["canary"]}], "CACHE": "canary", "BY_REGION": {"eu": 5},
		"LEVEL": 1.5, "TITLE": "", "LIMITS": [1]}`)
	must(t, c.FromFile("config.json", json.Unmarshal))
	must(t, c.FromPrefixedEnv(dewar.Prefix("X")))
	level := 7
	got := siteSettings{Title: "as before", Level: &level}
	err := c.Decode(&got)
	wantError(t, err,
		"*dewar_test.siteSettings",
		"config key TITLE from config.json: is required, but the value is empty",
		"config key TIMEOUT from config.json: want a duration",
		"config key DB__port from environment X_DB__PORT: want an integer",
		"config key SERVERS[1]__NAME: is required but not set",
		"config key SERVERS[1]__PORTS from config.json: [0]: want an integer",
		"config key CACHE from config.json: want a map",
		"config key BY_REGION__eu from config.json: want a map",
		"config key LEVEL from config.json: want an integer, but the value is not a whole number",
		"config key LIMITS from config.json: want a map",
	)
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("got %q, want no value in it", err)
	}
	if !reflect.DeepEqual(got, siteSettings{Title: "as before", Level: &level}) || level != 7 {
		t.Errorf("got %+v, want it as it was", got)
	}
}

func TestDecodeNamesTheVariableOfAMissingKey(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	var settings struct {
		SecretKey string `config:",required"`
		DB        struct {
			Host string `config:",required"`
		}
	}
	wantError(t, c.Decode(&settings), "config key SECRET_KEY: is required but not set; set it, for example in the environment as FLASK_SECRET_KEY",
		"config key DB__HOST: is required but not set; set it, for example in the environment as FLASK_DB__HOST")
}

type ports struct{ First, Last int }

func (p *ports) Validate() error {
	if p.First > p.Last {
		return errors.New("FIRST must not be above LAST")
	}
	return nil
}

func TestDecodeValidates(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	must(t, c.FromMapping(dewar.Map{"FIRST": 2, "LAST": 1, "PORTS": dewar.Map{"FIRST": 5, "LAST": 4}}))
	var top ports
	wantError(t, c.Decode(&top), "FIRST must not be above LAST")
	var inside struct{ Ports ports }
	wantError(t, c.Decode(&inside), "config key PORTS from ", "config_object_test.go", "FIRST must not be above LAST")
	must(t, c.Set("LAST", 3))
	must(t, c.Decode(&top))
	if top != (ports{2, 3}) {
		t.Errorf("got %v", top)
	}
}

func TestDecodeRefusesWhatIsNoStruct(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	for _, dst := range []any{nil, siteSettings{}, (*siteSettings)(nil), new(int), dewar.Map{}} {
		wantError(t, c.Decode(dst), "want a pointer to a struct")
	}
	var bad struct {
		A int `default:"many"`
		B int `config:"B,omitempty"`
	}
	wantError(t, c.Decode(&bad), "field B", `"omitempty"`)
	var wrong struct {
		A int `default:"many"`
	}
	wantError(t, c.Decode(&wrong), "field A: its default tag: want an integer")
}

func TestDecodeAndFromObjectGoRound(t *testing.T) {
	t.Parallel()
	c, _ := newConfig(t)
	given := siteSettings{
		Title: "t", Timeout: time.Minute, Hosts: []string{"h"}, Rate: 1.5, Token: "x", DB: databaseSection{"h", 1},
		Cache: &databaseSection{"c", 2}, Servers: []serverSection{{Name: "n", Ports: []int{1}}}, Limits: map[string]int{"a": 1},
		ByRegion: map[string]*serverSection{"eu": {Name: "e"}}, Started: time.Unix(0, 0).UTC(), Any: "any", Kept: "k",
	}
	must(t, c.FromObject(given))
	var got siteSettings
	must(t, c.Decode(&got))
	if !reflect.DeepEqual(got, given) {
		t.Errorf("got  %+v\nwant %+v", got, given)
	}
}
