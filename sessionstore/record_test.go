package sessionstore_test

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

var (
	morning = time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	secret1 = sessionstore.Hash{1}
	secret2 = sessionstore.Hash{2}
)

func aRecord() sessionstore.Record {
	return sessionstore.Record{
		Values: map[string]string{"a": "1", "b": "2"}, Secret: secret1, Created: morning, Seen: morning, Idle: time.Hour, Owner: "ann", Mark: 3,
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	noon := morning.Add(30 * time.Minute)
	for _, tt := range []struct {
		name  string
		delta sessionstore.Delta
		want  func(r *sessionstore.Record)
		err   error
	}{
		{"nothing but a touch", sessionstore.Delta{}, func(*sessionstore.Record) {}, nil},
		{"set and delete", sessionstore.Delta{Set: map[string]string{"c": "3", "a": "4"}, Delete: []string{"b", "no such"}},
			func(r *sessionstore.Record) { r.Values = map[string]string{"a": "4", "c": "3"} }, nil},
		{"clear, then set", sessionstore.Delta{Clear: true, Set: map[string]string{"c": "3"}},
			func(r *sessionstore.Record) { r.Values = map[string]string{"c": "3"} }, nil},
		{"clear", sessionstore.Delta{Clear: true}, func(r *sessionstore.Record) { r.Values = map[string]string{} }, nil},
		{"as expected", sessionstore.Delta{Expect: map[string]string{"a": "1", "c": ""}, Set: map[string]string{"a": "2"}},
			func(r *sessionstore.Record) { r.Values["a"] = "2" }, nil},
		{"another value than expected", sessionstore.Delta{Expect: map[string]string{"a": "2"}, Set: map[string]string{"c": "3"}}, nil, sessionstore.ErrConflict},
		{"a value where none was expected", sessionstore.Delta{Expect: map[string]string{"b": ""}, Clear: true}, nil, sessionstore.ErrConflict},
		{"no value where one was expected", sessionstore.Delta{Expect: map[string]string{"c": "3"}}, nil, sessionstore.ErrConflict},
		{"renewed", sessionstore.Delta{Renew: &sessionstore.Renewal{From: secret1, To: secret2}},
			func(r *sessionstore.Record) { r.Secret, r.Previous, r.Renewed = secret2, secret1, noon }, nil},
		{"renewed from another secret", sessionstore.Delta{Renew: &sessionstore.Renewal{From: secret2, To: secret1}, Clear: true}, nil, sessionstore.ErrConflict},
		{"another lifetime", sessionstore.Delta{Lifetime: &sessionstore.Lifetime{Idle: time.Minute, Until: noon.Add(time.Hour)}},
			func(r *sessionstore.Record) { r.Idle, r.Until = time.Minute, noon.Add(time.Hour) }, nil},
		{"nobody's", sessionstore.Delta{Owner: &sessionstore.Ownership{}}, func(r *sessionstore.Record) { r.Owner, r.Mark = "", 0 }, nil},
		{"expired", sessionstore.Delta{At: morning.Add(time.Hour), Set: map[string]string{"a": "2"}}, nil, sessionstore.ErrNotFound},
		{"a moment before", sessionstore.Delta{At: morning.Add(time.Hour - time.Millisecond)},
			func(r *sessionstore.Record) { r.Seen = morning.Add(time.Hour - time.Millisecond) }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, want, before := aRecord(), aRecord(), aRecord()
			shared := got
			if tt.delta.At.IsZero() {
				tt.delta.At = noon
			}
			if tt.want != nil {
				want.Seen = tt.delta.At
				tt.want(&want)
			}
			if err := got.Apply(tt.delta); !errors.Is(err, tt.err) || !reflect.DeepEqual(got, want) {
				t.Errorf("got %#v, %v, want %#v, %v", got, err, want, tt.err)
			}
			if !maps.Equal(shared.Values, before.Values) {
				t.Errorf("a copy of the record has changed to %v", shared.Values)
			}
		})
	}
}

func TestExpires(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		until time.Time
		want  time.Time
	}{
		{"idle alone", time.Time{}, morning.Add(time.Hour)},
		{"idle first", morning.Add(2 * time.Hour), morning.Add(time.Hour)},
		{"until first", morning.Add(time.Minute), morning.Add(time.Minute)},
	} {
		r := aRecord()
		r.Until = tt.until
		if got := r.Expires(); !got.Equal(tt.want) || !r.Expired(tt.want) || r.Expired(tt.want.Add(-1)) {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNothingShowsASecret(t *testing.T) {
	t.Parallel()
	r := aRecord()
	r.Values["password"] = `"a canary"`
	r.Secret = sessionstore.Hash([]byte("an opening secret of 32 letters!"))
	d := sessionstore.Delta{Set: r.Values, Expect: r.Values, Renew: &sessionstore.Renewal{From: r.Secret, To: r.Secret}}
	for _, v := range []any{r, &r, d, &d, r.Secret, *d.Renew, d.Renew} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			var log strings.Builder
			slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v)
			text := fmt.Sprintf(verb, v) + log.String()
			for _, secret := range []string{"canary", "opening", "6f70656e", "6F70656E", "111, 112", "0x6f"} {
				if strings.Contains(text, secret) {
					t.Errorf("%T with %s shows %q: %s", v, verb, secret, text)
				}
			}
		}
	}
}
