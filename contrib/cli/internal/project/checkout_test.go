package project_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/project"
)

func TestCheckoutIsWhereThisWasBuilt(t *testing.T) {
	t.Parallel()
	want, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if got := project.Checkout(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := project.CheckCheckout(want); err != nil {
		t.Error(err)
	}
}

func TestCheckCheckout_Refused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, mod, want string }{
		{"no module", "", "no go.mod of the module github.com/dewar-go/dewar"},
		{"another module", "module example.com/dewar\n", "no go.mod of the module github.com/dewar-go/dewar"},
		{"a module below it", "module github.com/dewar-go/dewar/contrib/cli\n", "no go.mod of the module github.com/dewar-go/dewar"},
		{"without contrib", "module github.com/dewar-go/dewar\n", "no contrib/cli"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if tt.mod != "" {
				if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(tt.mod), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := project.CheckCheckout(dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("error: got %v, want one with %q and the folder", err, tt.want)
			}
		})
	}
}
