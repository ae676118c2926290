package flaskcookie_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

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
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("SKIPPED: python3 is not installed, so nothing was compared with Python")
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
	cmd := exec.Command(python, "-c", readAndWrite)
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
