package forms_test

import (
	"fmt"
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

func TestLabelsOfNamesInOtherScripts(t *testing.T) {
	t.Parallel()
	var f struct {
		forms.Form
		State string `form:"état_civil"`
	}
	show(t, &f)
	if got := f.Fields()[0].Label.Text; got != "État Civil" {
		t.Errorf("got %q, want %q", got, "État Civil")
	}
}

// inherited has its Form from an embedded pointer.
type inherited struct{ forms.Form }

func TestFormThatIsNilIsAnError(t *testing.T) {
	t.Parallel()
	type direct struct {
		*forms.Form
		Name string `form:"name"`
	}
	type Inherited = inherited
	type further struct {
		*Inherited
		Name string `form:"name"`
	}
	for _, f := range []forms.Struct{&direct{}, &further{}, &struct{ direct }{}} {
		ok, err := submit(t, "POST", "/", formType, "name=a", f, nil)
		if ok || err == nil || !strings.Contains(err.Error(), "embed forms.Form itself") {
			t.Errorf("%T: got %t, %v", f, ok, err)
		}
	}
	f := &direct{Form: &forms.Form{}}
	if ok, err := submit(t, "POST", "/", formType, "name=a", f, func(*dewar.Context) { _ = fmt.Sprint(f.Fields()) }); !ok || err != nil {
		t.Errorf("got %t, %v", ok, err)
	}
}
