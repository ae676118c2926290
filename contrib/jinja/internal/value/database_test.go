package value_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A settings is kept in a database as JSON.
type settings struct{ Theme string }

func (s settings) Value() (driver.Value, error) { return json.Marshal(s) }

// A price is kept in a database as text, or cannot be.
type price struct{ text string }

func (p *price) Value() (driver.Value, error) {
	if p.text == "" {
		return nil, errors.New("no price")
	}
	return p.text, nil
}

func TestValuesOfADatabase(t *testing.T) {
	rt := runtimeOf(value.Default)
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		v     any
		want  string
		truth bool
	}{
		{"NULL of text", sql.NullString{}, "None", false},
		{"text", sql.NullString{String: "a", Valid: true}, "'a'", true},
		{"empty text", sql.NullString{Valid: true}, "''", false},
		{"a pointer to text", &sql.NullString{String: "a", Valid: true}, "'a'", true},
		{"a number", sql.NullInt32{Int32: 3, Valid: true}, "3", true},
		{"false", sql.NullBool{Valid: true}, "False", false},
		{"NULL of a time", sql.NullTime{}, "None", false},
		{"a time", sql.NullTime{Time: day, Valid: true}, "datetime.datetime(2026, 1, 2, 0, 0)", true},
		{"a generic text", sql.Null[string]{V: "a", Valid: true}, "'a'", true},
		{"generic bytes", sql.Null[[]byte]{V: []byte("a"), Valid: true}, "b'a'", true},
		{"a generic struct that no database knows", sql.Null[settings]{V: settings{"x"}, Valid: true}, "<settings object>", true},
		{"another Valuer", &price{"1.50"}, "'1.50'", true},
		{"a Valuer that fails", &price{}, "<price object>", true},
		{"a Valuer of JSON", settings{"dark"}, "<settings object>", true},
		{"a nil pointer", (*sql.NullString)(nil), "None", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shown(rt, tt.v, nil); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if truth, err := value.Truth(tt.v); truth != tt.truth || err != nil {
				t.Errorf("truth: got %v, %v, want %v", truth, err, tt.truth)
			}
		})
	}
}

func TestWhatADatabaseHoldsIsUsed(t *testing.T) {
	rt := runtimeOf(value.Default)
	note := sql.NullString{String: "ann", Valid: true}
	for _, tt := range []struct {
		name string
		do   func() (any, error)
		want string
	}{
		{"a method of str", call(note, "upper").on(rt), "'ANN'"},
		{"a field", func() (any, error) { return value.Attr(rt, note, "valid") }, "True"},
		{"a field of a Valuer of JSON", func() (any, error) { return value.Attr(rt, settings{"dark"}, "theme") }, "'dark'"},
		{"a sum", func() (any, error) { return value.Binary(rt, "+", sql.NullInt64{Int64: 2, Valid: true}, 1) }, "3"},
		{"a comparison", func() (any, error) { return value.Compare(rt, "==", note, "ann") }, "True"},
		{"NULL is None", func() (any, error) { return value.Compare(rt, "==", sql.NullString{}, nil) }, "True"},
		{"text of NULL", func() (any, error) { return value.Str(rt, sql.NullString{}) }, "'None'"},
		{"an argument", func() (any, error) {
			return value.Call(rt, func(s string) string { return s + "!" }, value.Args{Positional: []any{note}})
		}, "'ann!'"},
		{"an argument of its type", func() (any, error) {
			return value.Call(rt, func(s sql.NullString) bool { return s.Valid }, value.Args{Positional: []any{note}})
		}, "True"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := tt.do()
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
