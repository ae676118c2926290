package files_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar/internal/files"
)

func TestIsFingerprint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0123456789abcdef": true, "0123456789abcde": false, "0123456789abcdeff": false, "0123456789ABCDEF": false,
		"": false, "0123456789abcde\x00": false, "0123456789abcdeg": false, "20240131": false,
	} {
		if got := files.IsFingerprint(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// A file system that ignores case has a file under as many names as somebody may ask for; what is kept of them is bounded.
func TestFingerprintsAreBounded(t *testing.T) {
	t.Parallel()
	file, err := files.Open(fstest.MapFS{"a": {Data: []byte("x")}}, "a")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var folder files.Folder
	for i := range 30_000 {
		if got, err := folder.Fingerprint(strconv.Itoa(i), file); err != nil || got != "2d711642b726b044" {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if got := folder.Prints(); got > 20_000 {
		t.Errorf("%d fingerprints are kept, want 20000 at most", got)
	}
}

func TestFingerprintOfNamesFromOutside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	static := filepath.Join(dir, "static")
	for _, err := range []error{
		os.Mkdir(static, 0o755), os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600), os.Mkdir(filepath.Join(static, "sub"), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"", ".", "..", "../secret", "/etc/passwd", `..\secret`, "C:secret", "sub", "none", "a\x00b", "sub/../../secret", "a:b", "link"}
	_ = os.Symlink(filepath.Join("..", "secret"), filepath.Join(static, "link"))
	folder := files.Folder{Dir: static}
	for _, name := range names {
		if got := folder.FingerprintOf(name, true); got != "" {
			t.Errorf("%q: got %q, want none", name, got)
		}
	}
}

func BenchmarkFingerprintOf(b *testing.B) {
	dir := b.TempDir()
	path := filepath.Join(dir, "app.css")
	then := time.Now().Add(-time.Hour)
	if err := os.WriteFile(path, make([]byte, 100_000), 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Chtimes(path, then, then); err != nil {
		b.Fatal(err)
	}
	for name, folder := range map[string]*files.Folder{
		"disk":     {Dir: dir},
		"embedded": {FS: fstest.MapFS{"app.css": {Data: make([]byte, 100_000)}}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if folder.FingerprintOf("app.css", true) == "" {
					b.Fatal("no fingerprint")
				}
			}
		})
	}
}
