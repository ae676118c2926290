package csrf_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/csrf"
)

func TestAFormOfNoRequestIsAnErrorWithACure(t *testing.T) {
	t.Parallel()
	var form struct{ csrf.Form }
	for name, ask := range map[string]func() (any, error){
		"hidden_tag": func() (any, error) { return form.HiddenTag() },
		"csrf_token": func() (any, error) { return form.CSRFToken() },
	} {
		if got, err := ask(); err == nil || !strings.Contains(err.Error(), "csrf.NewForm(c)") {
			t.Errorf("%s: got %q, %v, want an error that names csrf.NewForm(c)", name, got, err)
		}
	}
}
