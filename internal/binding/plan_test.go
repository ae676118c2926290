package binding_test

import (
	"io"
	"mime/multipart"
	"reflect"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/binding"
)

func TestPlansRefuseStructs(t *testing.T) {
	t.Parallel()
	type hidden struct {
		Name string `query:"name"`
	}
	type noTags struct{ Admin bool }
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"no tags", &noTags{}, "binding_test.noTags has no field with a tag, so nothing could be set"},
		{"unexported", &struct {
			name string `query:"name"`
		}{}, "field name of struct { name string"},
		{"unexported, the cure", &struct {
			name string `query:"name"`
		}{}, "is not exported; begin its name with a capital letter"},
		{"in an embedded pointer to an unexported type", &struct{ *hidden }{}, "field Name of struct { *binding_test.hidden } is in hidden, an embedded pointer"},
		{"an unknown option", &struct {
			A int `query:"a,omitempty"`
		}{}, `has the tag query:"a,omitempty"; write a name alone`},
		{"required as an option", &struct {
			A int `form:"a,required"`
		}{}, `and required:"true" or default:"..." as tags of their own`},
		{"no name", &struct {
			A int `path:""`
		}{}, `has the tag path:""; write a name alone`},
		{"required with a wrong word", &struct {
			A int `query:"a" required:"yes"`
		}{}, `has the tag required:"yes"; write required:"true"`},
		{"required and default", &struct {
			A int `query:"a" required:"true" default:"1"`
		}{}, "is required and has a default, which it would never get"},
		{"a default that does not fit", &struct {
			A int `query:"a" default:"one"`
		}{}, `has the tag default:"one", which does not fit its type int`},
		{"no header name", &struct {
			A int `header:"X Token"`
		}{}, `has the tag header:"X Token", which is no name of a header`},
		{"a type that no text makes", &struct {
			A struct{ B int } `query:"a"`
		}{}, "which cannot be made from text; give the type an UnmarshalText method or take the value from json"},
		{"a map with numbers as keys from a form", &struct {
			A map[int]string `form:"a"`
		}{}, "cannot be made from text"},
		{"a struct without tags inside a form", &struct {
			A []noTags `form:"a"`
		}{}, "is made of a struct: binding_test.noTags has no field with a tag"},
		{"a file from elsewhere", &struct {
			A *multipart.FileHeader `query:"a"`
		}{}, "takes uploaded files; give it the tag form and no other"},
		{"a file with a default", &struct {
			A *multipart.FileHeader `form:"a" default:"x"`
		}{}, "takes uploaded files and has a default"},
		{"json with the option string", &struct {
			A int `json:"a,string"`
		}{}, "has the option string in its tag json"},
		{"a struct without tags inside JSON", &struct {
			A []noTags `json:"a"`
		}{}, "is made of a struct: binding_test.noTags has no field with a tag"},
		{"a map with numbers as keys", &struct {
			A map[int]string `json:"a"`
		}{}, "whose keys are no plain text; use a map with string keys"},
		{"a function", &struct {
			A func() `json:"a"`
		}{}, "which JSON does not have"},
		{"an interface", &struct {
			A io.Reader `json:"a"`
		}{}, "which JSON cannot fill; use a struct or any"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := new(binding.Plans).Of(reflect.TypeOf(tt.v).Elem())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q in it", err, tt.want)
			}
		})
	}
}
