package dewar_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dewar-go/dewar"
)

// fullDisk is set in the process whose files cannot grow.
const fullDisk = "DEWAR_TEST_FULL_DISK"

// A limit on the size of files stands for a disk that is full. It cannot be taken back, so a process of its own has it.
func TestFullDiskDuringAnUploadIsA503(t *testing.T) {
	if os.Getenv(fullDisk) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), fullDisk+"=1", "TMPDIR="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	limit := syscall.Rlimit{Cur: 64 << 10, Max: 64 << 10}
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	app, log := loggedApp(t)
	must(t, app.Config.Update(dewar.Map{"MAX_FORM_MEMORY_SIZE": 1000}))
	app.Post("/", func(c *dewar.Context) error {
		f, err := c.File("f")
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(f.Size))
	})
	for _, tt := range []struct{ size, want int }{{500, 200}, {60 << 10, 200}, {100 << 10, 503}, {5 << 20, 503}} {
		w := post(app, "/", inParts, parts(`name="f"; filename="f"`, strings.Repeat("x", tt.size)))
		if w.Code != tt.want {
			t.Errorf("%d bytes: got %d %q, want %d", tt.size, w.Code, w.Body, tt.want)
		}
		if left, err := filepath.Glob(filepath.Join(os.TempDir(), "multipart-*")); err != nil || len(left) > 0 {
			t.Errorf("%d bytes: %d temporary files are left, %v", tt.size, len(left), err)
		}
	}
	if text := log.String(); strings.Count(text, "level=ERROR") != 2 || !strings.Contains(text, "file too large") || !strings.Contains(text, "TMPDIR") {
		t.Errorf("logged %s", text)
	}
}
