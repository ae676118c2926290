package itsdangerous_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"hash"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

// A recording is what one version of itsdangerous has signed and read; testdata/record.py makes it.
type recording struct {
	Python, Itsdangerous string
	At                   int64 // when all of it was signed
	Tokens               []struct {
		Kind, Salt, Digest, Sep, Token string
		KeyDerivation                  string `json:"key_derivation"`
		Keys                           []string
		Value                          any
	}
	Loads []struct {
		Name, Salt, Token, Refusal string
		Keys                       []string
		Age                        int64 // seconds
		Limit                      *int64
		Value                      any
	}
}

// recorded runs check for the recording of each version.
func recorded(t *testing.T, check func(t *testing.T, r recording)) {
	t.Helper()
	files, err := filepath.Glob("testdata/itsdangerous-*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d recordings, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r recording
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		t.Run("itsdangerous "+r.Itsdangerous, func(t *testing.T) { check(t, r) })
	}
}

// at runs check at a second.
func at(t *testing.T, second int64, check func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Unix(second, 0)))
		check(t)
	})
}

// A maker writes and reads the tokens of one kind.
type maker struct {
	dumps func(v any) (string, error)
	loads func(token string) (any, error)
}

func text(v any) string { s, _ := v.(string); return s }

func newMaker(kind string, keys []string, o itsdangerous.Options) (maker, error) {
	switch kind {
	case "Signer":
		s, err := itsdangerous.NewSigner(keys, o)
		return maker{func(v any) (string, error) { return s.Sign(text(v)), nil }, func(token string) (any, error) { return s.Unsign(token) }}, err
	case "TimestampSigner":
		s, err := itsdangerous.NewTimestampSigner(keys, o)
		return maker{func(v any) (string, error) { return s.Sign(text(v)), nil }, func(token string) (any, error) { return s.Unsign(token, itsdangerous.MaxAge(0)) }}, err
	case "URLSafeSerializer":
		s, err := itsdangerous.NewURLSafeSerializer(keys, o)
		return maker{s.Dumps, func(token string) (v any, err error) { err = s.Loads(token, &v); return v, err }}, err
	case "URLSafeTimedSerializer":
		s, err := itsdangerous.NewURLSafeTimedSerializer(keys, o)
		return maker{s.Dumps, func(token string) (v any, err error) { err = s.Loads(token, &v, itsdangerous.MaxAge(0)); return v, err }}, err
	}
	return maker{}, errors.New("no such kind")
}

// What Python has signed is read with its keys, each of them alone has another right, and Go signs the same bytes; what is compressed
// has others.
func TestRecordedTokens(t *testing.T) {
	digests := map[string]func() hash.Hash{"": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	check := func(t *testing.T, r recording) {
		for _, tt := range r.Tokens {
			o := itsdangerous.Options{Salt: tt.Salt, KeyDerivation: tt.KeyDerivation, Digest: digests[tt.Digest], Sep: tt.Sep}
			all, err := newMaker(tt.Kind, tt.Keys, o)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := all.loads(tt.Token); err != nil || !reflect.DeepEqual(got, tt.Value) {
				t.Errorf("%s %s: got %#v, %v, want %#v", tt.Kind, tt.Token, got, err, tt.Value)
			}
			if made, err := all.dumps(tt.Value); err != nil || made != tt.Token && !strings.HasPrefix(tt.Token, ".") {
				t.Errorf("%s of %#v: made %s, %v, want %s", tt.Kind, tt.Value, made, err, tt.Token)
			}
			for i := range tt.Keys {
				one, err := newMaker(tt.Kind, tt.Keys[i:i+1], o)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := one.loads(tt.Token); (err == nil) != (i == len(tt.Keys)-1) {
					t.Errorf("%s %s: key %d of %d alone: %v", tt.Kind, tt.Token, i+1, len(tt.Keys), err)
				}
			}
		}
		if len(r.Tokens) < 300 {
			t.Errorf("only %d tokens are recorded", len(r.Tokens))
		}
	}
	recorded(t, func(t *testing.T, r recording) { at(t, r.At, func(t *testing.T) { check(t, r) }) })
}

// Each token that Python refuses is refused here, for the same reason, and no other.
func TestRecordedRefusals(t *testing.T) {
	reasons := map[string]error{
		"SignatureExpired": itsdangerous.ErrSignatureExpired, "BadPayload": itsdangerous.ErrBadPayload,
		"BadSignature": itsdangerous.ErrBadSignature, "BadTimeSignature": itsdangerous.ErrBadSignature, // which it is a kind of
	}
	recorded(t, func(t *testing.T, r recording) {
		for _, tt := range r.Loads {
			s := timed(t, itsdangerous.Options{Salt: tt.Salt}, tt.Keys...)
			var opts []itsdangerous.LoadOption
			if tt.Limit != nil {
				opts = append(opts, itsdangerous.MaxAge(time.Duration(*tt.Limit)*time.Second))
			}
			var got any
			var err error
			at(t, r.At+tt.Age, func(*testing.T) { err = s.Loads(tt.Token, &got, opts...) })
			if want := reasons[tt.Refusal]; !errors.Is(err, want) || (err == nil) != (tt.Refusal == "") || err == nil && !reflect.DeepEqual(got, tt.Value) {
				t.Errorf("%s: got %v, %v, want %v, %v", tt.Name, got, err, tt.Value, want)
			}
			if expired := errors.Is(err, itsdangerous.ErrSignatureExpired); expired != (tt.Refusal == "SignatureExpired") {
				t.Errorf("%s: got %v, Python says %s", tt.Name, err, tt.Refusal)
			}
		}
		if len(r.Loads) < 20 {
			t.Errorf("only %d cases are recorded", len(r.Loads))
		}
	})
}
