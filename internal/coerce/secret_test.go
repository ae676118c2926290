package coerce_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/coerce"
)

// canary is a value that must not be seen in an error, nor any half of it.
const canary = "hunter2swordfish"

// talkative says its secret in every way that fmt and cast know of.
type talkative struct{ secret string }

func (v talkative) Error() string              { return v.secret }
func (v talkative) GoString() string           { return v.secret }
func (v talkative) Format(s fmt.State, _ rune) { _, _ = fmt.Fprint(s, v.secret) }

// quoting is a TextUnmarshaler whose error quotes the text, as most do.
type quoting struct{}

func (*quoting) UnmarshalText(text []byte) error { return fmt.Errorf("bad text %q", text) }

// secrets are values of every shape with the canary in them. Few of them can be converted to anything.
func secrets() map[string]any {
	return map[string]any{
		"text":                canary,
		"text with a digit":   "5" + canary,
		"text with a unit":    canary + "s",
		"text like a time":    "2024-02-30 " + canary,
		"text like a date":    canary + " GMT",
		"long text":           strings.Repeat(canary, 50),
		"JSON":                `{"` + canary + `": 1}`,
		"named text":          word(canary),
		"bytes":               []byte(canary),
		"json number":         json.Number(canary),
		"json exponent":       json.Number("1e" + canary),
		"pointer":             ptr(canary),
		"error":               errors.New(canary),
		"talkative":           talkative{canary},
		"talkative pointer":   &talkative{canary},
		"list":                []any{canary, nil, []any{canary}},
		"list of text":        []string{canary},
		"list of talkative":   []any{talkative{canary}},
		"list of lists":       [][]string{{canary}},
		"map":                 map[string]any{canary: canary, "host": []any{canary}, "port": canary},
		"map of text":         map[string]string{canary: canary, "port": canary},
		"map of any":          map[any]any{canary: canary, "port": canary},
		"map with other keys": map[any]any{talkative{canary}: canary},
		"map of maps":         map[string]any{canary: map[string]any{canary: canary}},
		"struct":              struct{ Secret string }{canary},
	}
}

// checkSilent fails if err, or what it wraps, shows a part of the canary.
func checkSilent(t *testing.T, err error) {
	t.Helper()
	for _, half := range []string{canary[:8], canary[8:]} {
		for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
			if strings.Contains(text, half) {
				t.Errorf("the error shows the value: %s", text)
			}
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		t.Errorf("the error wraps %v", e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			checkSilent(t, part)
		}
	}
}

// silent adapts a conversion to what TestErrorsNeverShowTheValue calls.
func silent[T any](f func(any) (T, error)) func(any) error {
	return func(v any) error {
		_, err := f(v)
		return err
	}
}

// filler adapts Into for the type T.
func filler[T any](v any) error { return coerce.Into(new(T), v) }

func TestErrorsNeverShowTheValue(t *testing.T) {
	t.Parallel()
	functions := map[string]func(any) error{
		"Bool":     silent(coerce.Bool),
		"Int":      silent(coerce.Int),
		"Int64":    silent(coerce.Int64),
		"Uint64":   silent(coerce.Uint64),
		"Float64":  silent(coerce.Float64),
		"String":   silent(coerce.String),
		"Duration": silent(coerce.Duration),
		"Time":     silent(coerce.Time),
		"Strings":  silent(coerce.Strings),
		"Map":      silent(coerce.Map),

		"Into int8":          filler[int8],
		"Into uint16":        filler[uint16],
		"Into float32":       filler[float32],
		"Into named":         filler[level],
		"Into pointer":       filler[*time.Time],
		"Into bytes":         filler[[]byte],
		"Into list":          filler[[]int],
		"Into list of lists": filler[[][]int],
		"Into array":         filler[[3]bool],
		"Into map":           filler[map[string]int],
		"Into map of maps":   filler[map[string]map[string]time.Duration],
		"Into struct":        filler[endpoint],
		"Into structs":       filler[[]endpoint],
		"Into map of struct": filler[map[string]endpoint],
		"Into address":       filler[netip.Addr],
		"Into log level":     filler[slog.Level],
		"Into quoting":       filler[quoting],
		"Into interface":     filler[json.Marshaler],
		"Into channel":       filler[chan int],
	}
	for name, f := range functions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed := 0
			for _, secret := range secrets() {
				if err := f(secret); err != nil {
					failed++
					checkSilent(t, err)
				}
			}
			if failed == 0 {
				t.Error("nothing failed, so nothing was tested")
			}
		})
	}
}

func TestErrorsNeverShowNumbers(t *testing.T) {
	t.Parallel()
	for _, in := range []any{
		31337.25, float32(31337.25), "31337.25", json.Number("31337.25"), "31337x", uint64(1<<63 + 31337), -31337,
		"-31337313373133731337313373133731337", json.Number("31337e400"),
	} {
		for _, f := range []func(any) error{
			filler[bool], filler[int8], filler[uint8], filler[uint64], filler[time.Time], filler[endpoint],
			filler[map[string]int], filler[[2]int8],
		} {
			if err := f(in); err != nil && strings.Contains(err.Error(), "31337") {
				t.Errorf("the error for %v shows it: %v", in, err)
			}
		}
	}
}
