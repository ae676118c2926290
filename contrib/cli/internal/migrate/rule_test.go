package migrate_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

func TestRulesOfBothSides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ flask, dewar, back string }{
		{"/a/<b>", "/a/{b}", "/a/<b>"},
		{"/<string:b>", "/{b}", "/<b>"},
		{"/<int:b>-<float(min=1.5):c>", "/{b:int}-{c:float(min=1.5)}", "/<int:b>-<float(min=1.5):c>"},
		{"/<int(3, signed=True):b>", "/{b:int(fixed_digits=3,signed=true)}", "/<int(fixed_digits=3,signed=True):b>"},
		{"/<any(x,'>:'):b>/<path:c>", "/{b:any(x,'>:')}/{c:path}", "/<any(x,'>:'):b>/<path:c>"},
		{"/<float(signed=True,min=-2.5):b>", "/{b:float(signed=true,min=-2.5)}", "/<float(signed=True):b>"},
		{"/<list:b>/", "/{b:list}/", "/<list:b>/"},
	} {
		got, _, err := migrate.GoRule(tt.flask)
		if err != nil || got != tt.dewar {
			t.Errorf("%s: got %s, %v, want %s", tt.flask, got, err, tt.dewar)
		}
		got, _, err = migrate.PythonRule(tt.dewar)
		if err != nil || got != tt.back {
			t.Errorf("%s: got %s, %v, want %s", tt.dewar, got, err, tt.back)
		}
	}
	if _, _, err := migrate.GoRule("/<a"); err == nil {
		t.Error("got no error for a bracket that is open")
	}
}
