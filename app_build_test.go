package dewar_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestOnBuildReportsWhatItsChecksFind(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	bad, called := errors.New("the document lacks a title"), 0
	app.OnBuild(func() error { called++; return bad }, func() error { called++; return nil })
	if err := app.Build(); !errors.Is(err, bad) || called != 2 {
		t.Errorf("got %v after %d checks", err, called)
	}
	bad = nil
	if err := app.Build(); err != nil || called != 4 {
		t.Errorf("mended: got %v after %d checks", err, called)
	}
	if err := app.Build(); err != nil || called != 4 {
		t.Errorf("built: got %v after %d checks", err, called)
	}
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "OnBuild comes too late") {
			t.Errorf("got the panic %q", text)
		}
	}()
	app.OnBuild(func() error { return nil })
}
