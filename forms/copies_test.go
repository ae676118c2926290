package forms_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/forms"
)

// TestCopiesOfAFormShareNothing has requests copy one form that the program set up, at the same time.
func TestCopiesOfAFormShareNothing(t *testing.T) {
	t.Parallel()
	type order struct {
		forms.Form
		Name string `form:"name"`
		Size string `form:"size"`
	}
	var base order
	base.SetChoices("size", forms.Choice{Value: "s"}, forms.Choice{Value: "m"})
	base.SetLabel("name", "Your name")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			f, n := base, strconv.Itoa(i)
			f.SetLabel("size", "Size "+n)
			ok, err := submit(t, "POST", "/", formType, "name=n"+n+"&size=m", &f, func(*dewar.Context) {
				html, err := f.QuickForm()
				if err != nil {
					t.Error(err)
				}
				for _, want := range []string{`value="n` + n + `"`, "Size " + n + "<", "Your name<"} {
					if !strings.Contains(string(html), want) {
						t.Errorf("%s is not in %s", want, html)
					}
				}
			})
			if !ok || err != nil {
				t.Errorf("got %t, %v", ok, err)
			}
		})
	}
	wg.Wait()
	if base.IsSubmitted() {
		t.Error("the form that was copied was submitted")
	}
}
