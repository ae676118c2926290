package coerce

import (
	"errors"
	"reflect"
	"testing"
)

var errWrong = errors.New("wrong")

type checked struct{ A int }

func (checked) Validate() error { return errWrong }

type byPointer struct{ A int }

func (p *byPointer) Validate() error { return map[bool]error{true: errWrong}[p.A == 0] }

type embedsPointer struct{ *byPointer }

type embedsPointerOfValue struct{ *checked }

type embedsEmbedded struct{ embedsPointer }

type own struct{ *byPointer }

func (o *own) Validate() error { return errWrong }

type ownByValue struct{ *byPointer }

func (o ownByValue) Validate() error { return errWrong }

func TestValidatorOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		v    any
		want bool
	}{
		{"no method", &struct{ A int }{}, false},
		{"of its own", &checked{}, true},
		{"of its pointer", &byPointer{}, true},
		{"promoted from a pointer", &embedsPointer{&byPointer{}}, true},
		{"promoted from nil", &embedsPointer{}, false},
		{"promoted from nil, a method of the value", &embedsPointerOfValue{}, false},
		{"promoted from nil two levels down", &embedsEmbedded{}, false},
		{"promoted from two levels down", &embedsEmbedded{embedsPointer{&byPointer{}}}, true},
		{"of its own beside nil", &own{}, true},
		{"of its own value beside nil", &ownByValue{}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ValidatorOf(reflect.ValueOf(tt.v).Elem())
			if (got != nil) != tt.want {
				t.Fatalf("got %v, want one %t", got, tt.want)
			}
			if got != nil && !errors.Is(got.Validate(), errWrong) {
				t.Error("it is not the method of the struct")
			}
		})
	}
}
