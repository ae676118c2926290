package cli_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
)

func TestPrinterPrintsAndCompares(t *testing.T) {
	t.Parallel()
	text, failure := "{\n}\n", error(nil)
	file := filepath.Join(t.TempDir(), "openapi.json")
	run := func(args ...string) *clitest.Result {
		app := dewar.New("shop")
		print := func() ([]byte, error) { return []byte(text), failure }
		return clitest.Run(t, cli.New(app, cli.Printer("openapi", "Print the document", print)), append([]string{"openapi"}, args...)...)
	}
	if r := run().Want(cli.OK); r.Output != text {
		t.Errorf("got %q", r.Output)
	}
	if r := run("--check", file).Want(cli.Failed); !strings.Contains(r.Stderr, "openapi.json") {
		t.Errorf("without a file: got %q", r.Stderr)
	}
	if err := os.WriteFile(file, []byte("{\r\n}\r\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := run("--check", file).Want(cli.OK); r.Output != "" {
		t.Errorf("the same: got %q", r.Output)
	}
	text = "{}\n"
	if r := run("--check", file).Want(cli.Failed); !strings.Contains(r.Stderr, "write it anew: shop openapi > ") {
		t.Errorf("another: got %q", r.Stderr)
	}
	failure = errors.New("openapi: a function cannot be described")
	if r := run().Want(cli.Failed); !strings.Contains(r.Stderr, "cannot be described") || r.Output != "" {
		t.Errorf("a failure: got %q", r.Stderr)
	}
	run("more").Want(cli.Misused)
}
