package password_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/password"
)

// cheap writes hashes that cost little, for tests of everything but the cost.
const cheap = "pbkdf2:sha256:10"

func TestHashesThatWerkzeugWroteAreChecked(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/werkzeug.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Vectors []struct{ Password, Hash string }
	}
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	if len(recorded.Vectors) < 45 {
		t.Fatalf("got %d vectors, want 45", len(recorded.Vectors))
	}
	var h password.Hasher
	for _, v := range recorded.Vectors {
		if ok, err := h.Check(t.Context(), v.Hash, v.Password); !ok || err != nil {
			t.Errorf("%s of %q: got %t, %v", v.Hash, v.Password, ok, err)
		}
		if ok, err := h.Check(t.Context(), v.Hash, v.Password+" "); ok || err != nil {
			t.Errorf("%s of another password: got %t, %v", v.Hash, ok, err)
		}
	}
}

func TestHashesAreWrittenInWerkzeugsForm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method, prefix string
		length         int
	}{
		{"", "scrypt:32768:8:1$", 162},
		{"scrypt", "scrypt:32768:8:1$", 162},
		{"scrypt:1024:4:2", "scrypt:1024:4:2$", 161},
		{"pbkdf2", "pbkdf2:sha256:1000000$", 103},
		{"pbkdf2:sha512", "pbkdf2:sha512:1000000$", 167},
		{"pbkdf2:sha384:20", "pbkdf2:sha384:20$", 130},
	} {
		h := password.Hasher{Method: tt.method}
		hash, err := h.Hash(t.Context(), "secret")
		if err != nil {
			t.Errorf("%q: %v", tt.method, err)
			continue
		}
		if !strings.HasPrefix(hash, tt.prefix) || len(hash) != tt.length {
			t.Errorf("%q: got %q of length %d, want %q... of %d", tt.method, hash, len(hash), tt.prefix, tt.length)
		}
		if again, _ := h.Hash(t.Context(), "secret"); again == hash {
			t.Errorf("%q: two hashes of one password are the same: no salt", tt.method)
		}
		if ok, err := h.Check(t.Context(), hash, "secret"); !ok || err != nil {
			t.Errorf("%q: its own hash is %t, %v", tt.method, ok, err)
		}
		if h.NeedsRehash(hash) {
			t.Errorf("%q: its own hash needs a rehash", tt.method)
		}
	}
}

func TestCheckComparesTheWholeHash(t *testing.T) {
	t.Parallel()
	h := password.Hasher{Method: cheap}
	hash, err := h.Hash(t.Context(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(hash) {
		other := []byte(hash)
		switch {
		case other[i] == '0':
			other[i] = '1'
		default:
			other[i] = '0'
		}
		if ok, _ := h.Check(t.Context(), string(other), "secret"); ok {
			t.Errorf("%q is accepted for %q", other, hash)
		}
	}
	if ok, _ := h.Check(t.Context(), strings.ToUpper(hash), "secret"); ok {
		t.Error("upper-case digits are accepted, which Werkzeug does not do")
	}
}

func TestUnreadableHashesAreErrors(t *testing.T) {
	t.Parallel()
	tail := func(n int) string { return "$salt$" + strings.Repeat("0", n) }
	for _, tt := range []struct{ name, hash, want string }{
		{"one round", "sha1$salt$e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4", "have these users set a new password"},
		{"md5", "md5$salt$0cc175b9c0f1b6a831c399e269772661", "have these users set a new password"},
		{"plain text", "plain$$secret", "have these users set a new password"},
		{"no hash", "secret", "this one has 1 of the three parts"},
		{"bcrypt", "$2b$12$abcdefghijklmnopqrstuv", "neither scrypt nor pbkdf2"},
		{"argon2", "$argon2id$v=19$m=65536", "neither scrypt nor pbkdf2"},
		{"Django", "pbkdf2_sha256$260000$salt$hash", "neither scrypt nor pbkdf2"},
		{"no salt", "pbkdf2:sha256:1000$$" + strings.Repeat("0", 64), "salt"},
		{"cut off", "pbkdf2:sha256:1000" + tail(60), "was it cut by a short column?"},
		{"too long", "scrypt:32768:8:1" + tail(130), "ends with 128 hex digits"},
		{"unknown digest", "pbkdf2:md5:1000" + tail(32), "pbkdf2 is written"},
		{"no rounds", "pbkdf2:sha256:0" + tail(64), "pbkdf2 is written"},
		{"rounds below zero", "pbkdf2:sha256:-1" + tail(64), "pbkdf2 is written"},
		{"rounds that are no number", "pbkdf2:sha256:many" + tail(64), "pbkdf2 is written"},
		{"rounds without end", "pbkdf2:sha256:999999999" + tail(64), "more than 10000000 iterations"},
		{"rounds beyond a number", "pbkdf2:sha256:99999999999999999999" + tail(64), "pbkdf2 is written"},
		{"an argument too many", "pbkdf2:sha256:1:2" + tail(64), "pbkdf2 is written"},
		{"scrypt with one argument", "scrypt:32768" + tail(128), "scrypt is written"},
		{"N is no power of two", "scrypt:32767:8:1" + tail(128), "a power of two"},
		{"N is one", "scrypt:1:8:1" + tail(128), "a power of two"},
		{"r is zero", "scrypt:32768:0:1" + tail(128), "scrypt is written"},
		{"p is missing", "scrypt:32768:8" + tail(128), "scrypt is written"},
		{"more memory than allowed", "scrypt:262144:8:1" + tail(128), "costs more"},
		{"more work than allowed", "scrypt:32768:8:33" + tail(128), "costs more"},
		{"a method that may be the hash", "scrypt:" + strings.Repeat("1", 30) + "abcdef" + tail(128), "scrypt is written"},
		{"all bounds at once", "scrypt:536870912:999999999:999999999" + tail(128), "costs more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var h password.Hasher
			ok, err := h.Check(t.Context(), tt.hash, "secret")
			if ok || !errors.Is(err, password.ErrUnsupported) {
				t.Fatalf("got %t, %v, want ErrUnsupported", ok, err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want it to hold %q", err, tt.want)
			}
			for _, secret := range []string{"secret", "e5e9fa", "abcdef", "0000"} {
				if strings.Contains(strings.ReplaceAll(err.Error(), "10000000", ""), secret) {
					t.Errorf("%q holds a part of the hash or the password", err)
				}
			}
			if !h.NeedsRehash(tt.hash) {
				t.Error("it needs no rehash")
			}
		})
	}
}

func TestMethodsThatCannotBeWrittenAreErrors(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"sha1", "md5", "plain", "bcrypt", "pbkdf2:sha1", "pbkdf2:sha1:1000", "pbkdf2:whirlpool", "scrypt:3:8:1"} {
		h := password.Hasher{Method: method}
		hash, err := h.Hash(t.Context(), "secret")
		if hash != "" || !errors.Is(err, password.ErrUnsupported) || !strings.Contains(err.Error(), `set Method to "scrypt:32768:8:1"`) {
			t.Errorf("%q: got %q, %v, want ErrUnsupported and the cure", method, hash, err)
		}
		if invalid := h.Validate(); invalid == nil || invalid.Error() != err.Error() {
			t.Errorf("%q: Validate gives %v, want what Hash gives: %v", method, invalid, err)
		}
		if ok, err := h.Check(t.Context(), "", "secret"); ok || !errors.Is(err, password.ErrUnsupported) {
			t.Errorf("%q: the check of nobody gives %t, %v, want ErrUnsupported", method, ok, err)
		}
	}
}

func TestNeedsRehashWhenMethodOrCostDiffer(t *testing.T) {
	t.Parallel()
	tail := "$salt$" + strings.Repeat("0", 128)
	for _, tt := range []struct {
		method, hash string
		want         bool
	}{
		{"", "scrypt:32768:8:1" + tail, false},
		{"", "scrypt" + tail, false},
		{"", "scrypt:16384:8:1" + tail, true},
		{"", "pbkdf2:sha256:1000000" + tail[:70], true},
		{"pbkdf2", "pbkdf2:sha256:1000000" + tail[:70], false},
		{"pbkdf2", "pbkdf2:sha256:600000" + tail[:70], true},
		{"pbkdf2", "pbkdf2:sha1:1000000" + tail[:46], true},
		{"", "sha1$salt$00", true},
		{"", "", true},
	} {
		h := password.Hasher{Method: tt.method}
		if got := h.NeedsRehash(tt.hash); got != tt.want {
			t.Errorf("method %q, hash %.30q: got %t", tt.method, tt.hash, got)
		}
	}
}

func TestAnEmptyHashBelongsToNobody(t *testing.T) {
	t.Parallel()
	h := password.Hasher{Method: cheap}
	for _, secret := range []string{"", "secret"} {
		if ok, err := h.Check(t.Context(), "", secret); ok || err != nil {
			t.Errorf("%q: got %t, %v, want false", secret, ok, err)
		}
	}
	// What it costs shows in that it waits for a turn as any check does.
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := h.Check(ended, "", "secret"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it to be computed like any other", err)
	}
}

func TestAContextThatHasEndedComputesNothing(t *testing.T) {
	t.Parallel()
	var h password.Hasher
	ended, end := context.WithCancel(t.Context())
	end()
	if hash, err := h.Hash(ended, "secret"); hash != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("Hash: got %q, %v", hash, err)
	}
	if ok, err := h.Check(ended, "pbkdf2:sha256:1$s$"+strings.Repeat("0", 64), "secret"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("Check: got %t, %v", ok, err)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("scrypt:32768:8:1$salt$00", "secret")
	f.Add("pbkdf2:sha256:10$salt$00", "secret")
	f.Add("$$", "")
	f.Add("scrypt:2:1:1$s$"+strings.Repeat("0", 128), "")
	h := password.Hasher{Method: cheap}
	f.Fuzz(func(t *testing.T, hash, secret string) {
		if ok, err := h.Check(t.Context(), hash, secret); ok && err != nil {
			t.Errorf("true and %v", err)
		}
	})
}
