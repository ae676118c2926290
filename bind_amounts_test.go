package dewar_test

import (
	"strings"
	"testing"
)

func TestBindComparesWhatPointersPointTo(t *testing.T) {
	t.Parallel()
	type passwords struct {
		Password *string `form:"password"`
		Again    *string `form:"again" eqfield:"password"`
		Tags     []*int  `form:"tag" unique:"true"`
	}
	for body, want := range map[string]string{
		"password=a&again=a": "", "": "", "tag=1&tag=2": "", "password=a&again=b": "again: must be equal to password",
		"password=a": "again: must be equal to password", "tag=1&tag=1": "tag: must not have an item twice",
	} {
		err := bind(t, form(body), &passwords{})
		if (err == nil) != (want == "") || err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", body, err, want)
		}
	}
	type lists struct {
		A *[]int `json:"a"`
		B *[]int `json:"b" eqfield:"a"`
	}
	if err := bind(t, jsonBody(`{}`), &lists{}); err == nil || !strings.Contains(err.Error(), `eqfield:"a"`) {
		t.Errorf("lists cannot be compared: got %v", err)
	}
}
