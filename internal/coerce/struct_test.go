package coerce_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

type endpoint struct {
	Host string
	Port uint16
}

type limits struct {
	MaxSize int64
	Timeout time.Duration
}

type settings struct {
	limits
	SecretKey string
	HTTPPort  int
	Renamed   string `json:"other,omitempty"`
	Skipped   string `json:"-"`
	Database  endpoint
	Replica   *endpoint
	Servers   []endpoint
	Debug     bool
	hidden    string
}

func TestIntoStruct(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		in   any
		want settings
	}{
		{"field name", map[string]any{"SecretKey": "a"}, settings{SecretKey: "a"}},
		{"field name in any case", map[string]any{"secretkey": "a"}, settings{SecretKey: "a"}},
		{"snake case", map[string]any{"secret_key": "a"}, settings{SecretKey: "a"}},
		{"configuration key", map[string]any{"SECRET_KEY": "a"}, settings{SecretKey: "a"}},
		{"abbreviation", map[string]any{"HTTP_PORT": "80"}, settings{HTTPPort: 80}},
		{"tag", map[string]any{"other": "a"}, settings{Renamed: "a"}},
		{"tag in any case", map[string]any{"OTHER": "a"}, settings{Renamed: "a"}},
		{"tag before name", map[string]any{"other": "a", "Renamed": "b"}, settings{Renamed: "a"}},
		{"name if the tag is not there", map[string]any{"renamed": "b"}, settings{Renamed: "b"}},
		{"exact case first", map[string]any{"DEBUG": true, "Debug": false}, settings{}},
		{"the first of two other cases", map[string]any{"debug": false, "DEBUG": true}, settings{Debug: true}},
		{"skipped field", map[string]any{"Skipped": "a", "skipped": "a", "-": "a"}, settings{}},
		{"unexported field", map[string]any{"hidden": "a"}, settings{}},
		{"unknown key", map[string]any{"nothing": "a", "": "b"}, settings{}},
		{"embedded", map[string]any{"MAX_SIZE": "10", "timeout": 30}, settings{limits: limits{10, 30 * time.Second}}},
		{"nested", map[string]any{"database": map[string]any{"host": "a", "PORT": "1"}},
			settings{Database: endpoint{"a", 1}}},
		{"nested map of text", map[string]any{"database": map[string]string{"port": "1"}},
			settings{Database: endpoint{Port: 1}}},
		{"pointer", map[string]any{"replica": map[any]any{"port": 1}}, settings{Replica: &endpoint{Port: 1}}},
		{"nil for a pointer", map[string]any{"replica": nil}, settings{}},
		{"list", map[string]any{"servers": []any{map[string]any{"port": 1}, map[string]any{"port": 2}}},
			settings{Servers: []endpoint{{Port: 1}, {Port: 2}}}},
		{"map of text", map[string]string{"debug": "on"}, settings{Debug: true}},
		{"the struct itself", settings{Debug: true}, settings{Debug: true}},
		{"empty map", map[string]any{}, settings{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got settings
			if err := coerce.Into(&got, tt.in); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestIntoStructKeepsWhatHasNoKey(t *testing.T) {
	t.Parallel()
	replica := &endpoint{Host: "kept"}
	got := settings{SecretKey: "kept", hidden: "kept", Replica: replica, Database: endpoint{Host: "kept"}}
	in := map[string]any{"replica": map[string]any{"port": 1}, "database": map[string]any{"port": 2}}
	if err := coerce.Into(&got, in); err != nil {
		t.Fatal(err)
	}
	want := settings{SecretKey: "kept", hidden: "kept", Replica: replica, Database: endpoint{"kept", 2}}
	if !reflect.DeepEqual(got, want) || *replica != (endpoint{"kept", 1}) {
		t.Errorf("got %+v with replica %+v", got, *replica)
	}
}

func TestIntoStructReportsEveryBadField(t *testing.T) {
	t.Parallel()
	var got settings
	err := coerce.Into(&got, map[string]any{
		"SECRET_KEY": []any{},
		"MAX_SIZE":   "1.5",
		"DEBUG":      "on",
		"DATABASE":   map[string]any{"PORT": 70000, "HOST": nil},
		"REPLICA":    "replica",
		"SERVERS":    []any{map[string]any{}, map[string]any{"port": ""}},
	})
	want := []coerce.Error{
		{Path: "SecretKey", Want: "text", Reason: "a list"},
		{Path: "Database.Host", Want: "text", Reason: "missing"},
		{Path: "Database.Port", Want: "an integer from 0 to 65535", Reason: "out of range"},
		{Path: "Replica", Want: "a map", Reason: "text"},
		{Path: "Servers[1].Port", Want: "an integer from 0 to 65535", Reason: "empty"},
		{Path: "MaxSize", Want: "an integer", Reason: "malformed"},
	}
	if problems := problemsOf(t, err); !reflect.DeepEqual(problems, want) {
		t.Errorf("got  %+v\nwant %+v", problems, want)
	}
	if !got.Debug {
		t.Error("the good field is not set")
	}
}

// problemsOf lists the errors that Into joined.
func problemsOf(t *testing.T, err error) []coerce.Error {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("error is %T, want several joined", err)
	}
	var problems []coerce.Error
	for _, part := range joined.Unwrap() {
		var bad *coerce.Error
		if !errors.As(part, &bad) {
			t.Fatalf("part is %T, want *coerce.Error", part)
		}
		problems = append(problems, *bad)
	}
	return problems
}

func TestIntoStructOneBadFieldIsAnError(t *testing.T) {
	t.Parallel()
	err := coerce.Into(new(settings), map[string]any{"database": map[string]any{"port": "x"}})
	want := &coerce.Error{Path: "Database.Port", Want: "an integer from 0 to 65535", Reason: "malformed"}
	if !reflect.DeepEqual(err, error(want)) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestIntoStructNeedsAMap(t *testing.T) {
	t.Parallel()
	fill(t, []filling{
		{"nil", new(endpoint), nil, endpoint{}, "missing"},
		{"empty", new(endpoint), "", endpoint{}, "empty"},
		{"text", new(endpoint), `{"host": "a"}`, endpoint{}, "text"},
		{"list", new(endpoint), []any{}, endpoint{}, "a list"},
		{"other struct", new(endpoint), limits{}, endpoint{}, "a struct"},
		{"keys of int", new(endpoint), map[int]any{}, endpoint{}, "a map with other keys"},
	})
}

type (
	base      struct{ ID, Name string }
	Shared    struct{ Note string }
	moment    struct{ time.Time }
	Recursive struct {
		*Recursive
		Name  string
		Child *Recursive
	}
	private struct {
		*base
		Note string
	}
	host struct {
		netip.Addr
		Port int
	}
	outer struct {
		base
		*Shared
		ID string
	}
	tagged struct {
		base  `json:"base"`
		Inner Shared `json:"base2"`
	}
	crossed struct {
		A string `json:"b"`
		B string
	}
)

func TestIntoStructEmbedding(t *testing.T) {
	t.Parallel()
	fill(t, []filling{
		{"the outer field hides the inner", new(outer), map[string]any{"id": "1", "name": "a"},
			outer{ID: "1", base: base{Name: "a"}}, ""},
		{"not even another case gets through", new(outer), map[string]any{"ID": "1", "id": "2"}, outer{ID: "1"}, ""},
		{"a pointer is allocated when needed", new(outer), map[string]any{"note": "a"},
			outer{Shared: &Shared{"a"}}, ""},
		{"and only then", new(outer), map[string]any{"id": "1"}, outer{ID: "1"}, ""},
		{"a tag makes it a field", new(tagged), map[string]any{"name": "a", "base2": map[string]any{"note": "b"}},
			tagged{Inner: Shared{"b"}}, ""},
		{"text is for the whole", new(moment), "2024-02-29T00:00:00Z",
			moment{time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)}, ""},
		{"a type that embeds itself", new(Recursive), map[string]any{"name": "a", "child": map[string]any{"name": "b"}},
			Recursive{Name: "a", Child: &Recursive{Name: "b"}}, ""},
		{"an unexported pointer cannot be allocated", new(private), map[string]any{"id": "1", "note": "a"},
			private{Note: "a"}, ""},
		{"what is read from text is a field", new(host), map[string]any{"addr": "::1", "port": 1},
			host{netip.IPv6Loopback(), 1}, ""},
		{"a key fills one field, the one tagged with it", new(crossed), map[string]any{"b": "x"}, crossed{A: "x"}, ""},
		{"each its own", new(crossed), map[string]any{"b": "x", "B": "y"}, crossed{A: "x", B: "y"}, ""},
	})
}

func TestIntoStructKeepsLargeNumbersOfJSON(t *testing.T) {
	t.Parallel()
	decoder := json.NewDecoder(strings.NewReader(`{"http_port": 8080, "max_size": 9007199254740993, "timeout": 1.5}`))
	decoder.UseNumber()
	var in any
	if err := decoder.Decode(&in); err != nil {
		t.Fatal(err)
	}
	var got settings
	if err := coerce.Into(&got, in); err != nil {
		t.Fatal(err)
	}
	want := settings{HTTPPort: 8080, limits: limits{9007199254740993, 1500 * time.Millisecond}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSnakeCase(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, want string }{
		{"", ""},
		{"Debug", "debug"},
		{"SecretKey", "secret_key"},
		{"HTTPPort", "http_port"},
		{"UserID", "user_id"},
		{"ID", "id"},
		{"MaxContentLength", "max_content_length"},
		{"Sha256Sum", "sha256_sum"},
		{"ABTest", "ab_test"},
		{"Already_Split", "already_split"},
		{"OAuth2ClientID", "oauth2_client_id"},
		{"UseOAuth", "use_oauth"},
		{"IPv6Only", "ipv6_only"},
		{"MySQLHost", "mysql_host"},
		{"PostgreSQLDSN", "postgresql_dsn"},
		{"SQLitePath", "sqlite_path"},
		{"GitHubToken", "github_token"},
		{"ÄnderungsDatum", "änderungs_datum"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := coerce.SnakeCase(tt.name); got != tt.want {
				t.Errorf("SnakeCase(%q) = %q, want %q", tt.name, got, tt.want)
			}
		})
	}
}
