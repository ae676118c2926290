package flaskcookie_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

var (
	anyPython   = sync.OnceValue(func() string { return find("") })
	flaskPython = sync.OnceValue(func() string { return find("import flask") })
)

// find returns a Python that can run code: the one that DEWAR_PYTHON names, or else one of the system's.
func find(code string) string {
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", code).Run() == nil {
			return name
		}
	}
	return ""
}

// python returns a Python that can import flask. Without one the test is skipped, and fails in CI.
func python(t *testing.T) string {
	t.Helper()
	if flaskPython() == "" {
		skip(t, "NOTHING WAS COMPARED WITH FLASK: no Python here can import it; install the package python3-flask, or name a Python in DEWAR_PYTHON")
	}
	return flaskPython()
}

// skip skips a test for what is missing, which make test tells as well. CI=true says that nothing may be missing.
func skip(t *testing.T, missing string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// script is the Flask side of the tests.
const script = "testdata/flaskapp.py"

// batch runs the script and returns its lines.
func batch(t *testing.T, input string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{script}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%.2000s", script, args, err, errors.String())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// readAndWrite is the part of itsdangerous that Flask uses, with Python's own zlib and hmac. For each
// cookie it prints the payload in hex and the cookie that Python makes of it.
const readAndWrite = `
import base64, hashlib, hmac, sys, zlib

def b64(b): return base64.urlsafe_b64encode(b).rstrip(b"=")
def unb64(b): return base64.urlsafe_b64decode(b + b"=" * (-len(b) % 4))

key = hmac.new(b"dev", b"cookie-session", hashlib.sha1).digest()
def mac(signed): return hmac.new(key, signed, hashlib.sha1).digest()

for line in sys.stdin.buffer:
    signed, sig = line.rstrip(b"\n").rsplit(b".", 1)
    assert hmac.compare_digest(unb64(sig), mac(signed))
    payload, stamp = signed.rsplit(b".", 1)
    text = zlib.decompress(unb64(payload[1:])) if payload.startswith(b".") else unb64(payload)
    small = zlib.compress(text)
    payload = b"." + b64(small) if len(small) < len(text) - 1 else b64(text)
    signed = payload + b"." + stamp
    print(text.hex(), (signed + b"." + b64(mac(signed))).decode())
`

func TestCookiesGoToPythonAndBack(t *testing.T) {
	t.Parallel()
	if anyPython() == "" {
		skip(t, "NOTHING WAS COMPARED WITH PYTHON: install python3, or name it in DEWAR_PYTHON")
	}
	c := dev(t)
	var payloads [][]byte
	var cookies strings.Builder
	for i := range 200 {
		payload := fmt.Appendf(nil, `{"items":[%s],"user_id":%d}`, strings.Repeat(`{"id":7,"n":"é"},`, i%20), i*i*i)
		cookie, err := c.Encode(payload, signedAt)
		if err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, payload)
		cookies.WriteString(cookie + "\n")
	}
	cmd := exec.Command(anyPython(), "-c", readAndWrite)
	cmd.Stdin = strings.NewReader(cookies.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3 refused a cookie: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(payloads) {
		t.Fatalf("python3 read %d cookies of %d", len(lines), len(payloads))
	}
	compressed := 0
	for i, line := range lines {
		text, cookie, _ := strings.Cut(line, " ")
		if text != hex.EncodeToString(payloads[i]) {
			t.Errorf("python3 read %s of %s", text, payloads[i])
		}
		got, _, err := c.Decode(cookie, signedAt, 0)
		if err != nil || !bytes.Equal(got, payloads[i]) {
			t.Errorf("python3 wrote %s: got %s, %v", cookie, got, err)
		}
		if cookie[0] == '.' {
			compressed++
		}
	}
	if compressed == 0 || compressed == len(lines) {
		t.Errorf("%d of %d cookies are compressed, want some", compressed, len(lines))
	}
}
