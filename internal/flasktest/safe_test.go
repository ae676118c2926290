package flasktest_test

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// fileNames returns names as clients may send them: every character for itself, and random mixtures.
func fileNames(random *rand.Rand) (names []string) {
	for r := rune(0); r < 0x20000; r++ {
		if r < 0xd800 || r > 0xdfff {
			names = append(names, "a"+string(r)+"b")
		}
	}
	parts := []string{
		"..", "/", `\`, ".", "_", "-", " ", "\t", "a", "Z", "9", "é", "ß", "ﬁ", "日", "½", "\u00a0", "\u2028", "\x1c", "\x85", "\x00", "\n", "\u0301", "①", "．", "／", "con", ".txt", "~", "$", "😀", "\u202e",
	}
	for range 10_000 {
		var b strings.Builder
		for range random.IntN(12) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		names = append(names, b.String())
	}
	return append(names, "CON", "con.txt", "Prn", "AUX.", "nul.tar.gz", "COM1", "com¹.txt", "LPT9", "lpt²", "COM0", "CONIN$", "conout$", "COM10", "console", "../CON", "a/NUL")
}

// Werkzeug looks for devices when it takes itself to be on Windows. It is told so, and told again that slashes alone
// separate folders.
func TestSecureFilenameIsWerkzeugs(t *testing.T) {
	t.Parallel()
	names := fileNames(rand.New(rand.NewPCG(7, 8)))
	var want []string
	werkzeug(t, `
import os, types, werkzeug.utils as utils
utils.os = types.SimpleNamespace(name="nt", path=types.SimpleNamespace(sep="/", altsep=None), sep="/")
result = [utils.secure_filename(name) for name in data]`, names, &want)
	for i, name := range names {
		got := dewar.SecureFilename(name)
		if newer := "_" + want[i]; got == newer && isNewDevice(want[i]) {
			continue // Werkzeug knows these since 3.1.5
		}
		if got != want[i] {
			t.Errorf("SecureFilename(%q) = %q, want %q", name, got, want[i])
		}
	}
}

// isNewDevice reports whether name is a device that older versions of Werkzeug do not know: they stop at COM4 and LPT3.
func isNewDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	return len(stem) == 4 && (stem[:3] == "COM" || stem[:3] == "LPT") && '0' <= stem[3] && stem[3] <= '9'
}

// SafeJoin refuses what Werkzeug refuses, and joins the rest alike. It refuses more: what Windows takes for something
// else, on every system.
func TestSafeJoinIsWerkzeugs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 10))
	elements := []string{"..", ".", "", "a", "b.txt", "..a", "a..", ".env", `\`, "C:", "con", "NUL.txt", " ", "ü", "\x00"}
	var calls [][]string
	for range 5_000 {
		call := []string{"up"}
		for range random.IntN(3) {
			var part []string
			for range random.IntN(5) {
				part = append(part, elements[random.IntN(len(elements))])
			}
			call = append(call, strings.Join(part, "/"))
		}
		calls = append(calls, call)
	}
	var want []*string
	werkzeug(t, `
from werkzeug.security import safe_join
from posixpath import normpath
def join(call):
    path = safe_join(*call)
    return path and normpath(path)
result = [join(call) for call in data]`, calls, &want)
	joined := 0
	for i, call := range calls {
		got, ok := dewar.SafeJoin(call[0], call[1:]...)
		got = filepath.ToSlash(got)
		switch {
		case ok && (want[i] == nil || got != *want[i]):
			t.Errorf("SafeJoin(%q) = %q, which Werkzeug refuses or joins to another path", call, got)
		case !ok && want[i] != nil && !isOddOnWindows(*want[i]):
			t.Errorf("SafeJoin(%q) is refused, Werkzeug has %q", call, *want[i])
		case ok:
			joined++
		}
	}
	if joined < 500 {
		t.Errorf("only %d of %d were joined", joined, len(calls))
	}
}

// isOddOnWindows reports whether a path has something in it that Windows does not take as it is.
func isOddOnWindows(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		stem, _, _ := strings.Cut(strings.ToUpper(part), ".")
		if strings.TrimRight(part, ". ") != part || stem == "CON" || stem == "NUL" {
			return true
		}
	}
	return strings.ContainsAny(path, "\\:\x00")
}
