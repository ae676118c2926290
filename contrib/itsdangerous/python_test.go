package itsdangerous_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"hash"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

// python runs code with input on a Python that has itsdangerous. Without one the test is skipped, and fails in CI.
func python(t *testing.T, code, input string) []string {
	t.Helper()
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", "import itsdangerous").Run() != nil {
			continue
		}
		cmd := exec.Command(name, "-c", code)
		cmd.Stdin, cmd.Stderr = strings.NewReader(input), os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	}
	missing := "NOTHING WAS COMPARED WITH PYTHON: none here can import itsdangerous; install python3-itsdangerous, or name a Python in DEWAR_PYTHON"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return nil
}

// both reads one [settings, value, Go's token] on each line, checks the token, and writes Python's token and JSON.
const both = `
import hashlib, json, sys
from itsdangerous import Signer, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer
for line in sys.stdin:
    kind, keys, salt, derivation, digest, value, token = json.loads(line)
    kw = dict(key_derivation=derivation or None, digest_method=getattr(hashlib, digest))
    if kind in ("Signer", "TimestampSigner"):
        s = globals()[kind](keys, **dict(kw, **({"salt": salt} if salt else {})))
        got, made = s.unsign(token).decode(), s.sign(value).decode()
    else:
        s = globals()[kind](keys, signer_kwargs=kw, **({"salt": salt} if salt else {}))
        got, made = s.loads(token), s.dumps(value)
    assert got == value, (kind, got, value)
    print(json.dumps(made))
`

// values are what tokens hold, as both sides read JSON.
var values = []any{
	"", "ann@example.com", "é \u2028 <&> \\ufffd \"\n\x7f\x01", 7.0, -1.5, 1e-7, 1e300, nil, true, []any{}, map[string]any{},
	map[string]any{"a": []any{1.0, "x"}, "b": map[string]any{"c": nil}}, strings.Repeat("long ", 200), "a.b.c", "日本\U0001F600",
}

func TestTokensGoToPythonAndBack(t *testing.T) {
	t.Parallel()
	type settings struct{ salt, derivation, digest string }
	digests := map[string]func() hash.Hash{"sha1": nil, "sha256": sha256.New, "sha512": sha512.New}
	keys := []string{"old", "new"}
	var lines strings.Builder
	var back []func(token string) (any, error)
	var want []any
	add := func(kind string, s settings, value any, token string, load func(string) (any, error)) {
		line, _ := json.Marshal([]any{kind, keys, s.salt, s.derivation, s.digest, value, token})
		lines.Write(append(line, '\n'))
		back, want = append(back, load), append(want, value)
	}
	for _, s := range []settings{
		{"", "", "sha1"}, {"password-reset", "", "sha1"}, {"s", "hmac", "sha256"}, {"s", "concat", "sha512"}, {"s", "none", "sha1"}, {"é", "django-concat", "sha256"},
	} {
		o := itsdangerous.Options{Salt: s.salt, KeyDerivation: s.derivation, Digest: digests[s.digest]}
		plain, err := itsdangerous.NewURLSafeSerializer(keys, o)
		timed, err2 := itsdangerous.NewURLSafeTimedSerializer(keys, o)
		signer, err3 := itsdangerous.NewSigner(keys, o)
		stamper, err4 := itsdangerous.NewTimestampSigner(keys, o)
		if err := errors.Join(err, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			token, err := plain.Dumps(v)
			token2, err2 := timed.Dumps(v)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			add("URLSafeSerializer", s, v, token, func(token string) (got any, err error) { err = plain.Loads(token, &got); return got, err })
			add("URLSafeTimedSerializer", s, v, token2, func(token string) (got any, err error) {
				err = timed.Loads(token, &got, itsdangerous.MaxAge(time.Minute))
				return got, err
			})
			if text, ok := v.(string); ok {
				add("Signer", s, v, signer.Sign(text), func(token string) (any, error) { return signer.Unsign(token) })
				add("TimestampSigner", s, v, stamper.Sign(text), func(token string) (any, error) { return stamper.Unsign(token, itsdangerous.MaxAge(time.Minute)) })
			}
		}
	}
	for i, line := range python(t, both, lines.String()) {
		var token string
		if err := json.Unmarshal([]byte(line), &token); err != nil {
			t.Fatal(err)
		}
		got, err := back[i](token)
		if err != nil || !reflect.DeepEqual(got, want[i]) {
			t.Errorf("Python's token %s: got %#v, %v, want %#v", token, got, err, want[i])
		}
	}
}

func TestJSONHasTheBytesOfPython(t *testing.T) {
	t.Parallel()
	s, err := itsdangerous.NewURLSafeSerializer([]string{"k"}, itsdangerous.Options{})
	if err != nil {
		t.Fatal(err)
	}
	same := []any{"", "é \u2028\u2029 <&> \\u2028 \\ufffd \ufffd \"\n\t\b\f\r\x7f\x01", 7, -1.5, 1e-7, 0.0001, 1.5e-5, 1234567890123.25, 1e22, 1.7e300, int64(1) << 62, nil, false, []int{1, 2},
		map[string]any{"a": []any{"x", nil}, "b": 2.5}, "日本\U0001F600"}
	input, _ := json.Marshal(same)
	lines := python(t, "import json, sys\nfrom itsdangerous import URLSafeSerializer\nfor v in json.load(sys.stdin): print(URLSafeSerializer('k').dumps(v))", string(input))
	for i, v := range same {
		got, err := s.Dumps(v)
		if want := lines[i]; err != nil || got != want && v != 1e22 { // Go's JSON has 1e+22 for both
			t.Errorf("%#v: got %s, %v, want %s", v, got, err, want)
		}
	}
}
