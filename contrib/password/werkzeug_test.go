package password_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/password"
)

// werkzeug returns a Python that runs code: the one that DEWAR_PYTHON names, or else one of the system's. It is "" when
// there is none.
func werkzeug(code string) string {
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

func TestHashesAreExchangedWithWerkzeug(t *testing.T) {
	t.Parallel()
	python := werkzeug("import werkzeug.security")
	if python == "" {
		const missing = "NOTHING WAS COMPARED WITH WERKZEUG: install the package python3-flask, or name a Python in DEWAR_PYTHON"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	methods := []string{"pbkdf2:sha224:10", "pbkdf2:sha256:60000", "pbkdf2:sha384:10", "pbkdf2:sha512:1000"}
	if werkzeug("from werkzeug.security import *; generate_password_hash('', 'scrypt')") == python {
		methods = append(methods, "scrypt", "scrypt:1024:4:2")
	} else {
		t.Log("this Werkzeug is older than 2.3 and has no scrypt, which is compared with recorded hashes alone")
	}
	type pair [2]string
	var pairs []pair
	random := rand.New(rand.NewPCG(1, 2))
	for _, method := range methods {
		h := password.Hasher{Method: method}
		for range 5 {
			secret := randomText(random)
			hash, err := h.Hash(t.Context(), secret)
			if err != nil {
				t.Fatal(err)
			}
			pairs = append(pairs, pair{secret, hash}, pair{secret + "x", hash})
		}
	}

	answers := exchange(t, python, pairs)
	for i, answer := range answers {
		if want := i%2 == 0; answer.OK != want {
			t.Errorf("Werkzeug says %t of %s for %q", answer.OK, pairs[i][1], pairs[i][0])
		}
	}
	var h password.Hasher
	for i, answer := range answers {
		if ok, err := h.Check(t.Context(), answer.Hash, pairs[i][0]); !ok || err != nil {
			t.Errorf("Werkzeug's %s for %q: got %t, %v", answer.Hash, pairs[i][0], ok, err)
		}
		if ok, _ := h.Check(t.Context(), answer.Hash, pairs[i^1][0]); ok {
			t.Errorf("Werkzeug's %s is accepted for another password", answer.Hash)
		}
	}
}

// answer is Werkzeug's: whether a hash fits its password, and a hash of its own.
type answer struct {
	OK   bool
	Hash string
}

// exchange gives pairs of password and hash to Werkzeug and returns what it makes of them.
func exchange(t *testing.T, python string, pairs any) []answer {
	t.Helper()
	input, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/check.py")
	cmd.Stdin = bytes.NewReader(input)
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", python, err)
	}
	var answers []answer
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// randomText has up to 40 characters of all planes.
func randomText(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(40) {
		r := rune(random.IntN(0x110000) >> random.IntN(16))
		if r >= 0xd800 && r < 0xe000 {
			r = '$'
		}
		b.WriteRune(r)
	}
	return b.String()
}
