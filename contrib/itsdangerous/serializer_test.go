package itsdangerous_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

func timed(t testing.TB, o itsdangerous.Options, keys ...string) *itsdangerous.URLSafeTimedSerializer {
	t.Helper()
	s, err := itsdangerous.NewURLSafeTimedSerializer(keys, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		age    time.Duration
		opts   []itsdangerous.LoadOption
		wanted error
	}{
		{"to the second", time.Minute, []itsdangerous.LoadOption{itsdangerous.MaxAge(time.Minute)}, nil},
		{"a second more", time.Minute + time.Second, []itsdangerous.LoadOption{itsdangerous.MaxAge(time.Minute)}, itsdangerous.ErrSignatureExpired},
		{"never without a limit", 1000 * time.Hour, nil, nil},
		{"below zero", 0, []itsdangerous.LoadOption{itsdangerous.MaxAge(-1)}, itsdangerous.ErrSignatureExpired},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, signed := timed(t, itsdangerous.Options{}, "k"), time.Now()
				token, err := s.Dumps(7)
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(tt.age)
				var got int
				var at time.Time
				err = s.Loads(token, &got, append(tt.opts, itsdangerous.SignedAt(&at))...)
				if !errors.Is(err, tt.wanted) || tt.wanted == nil && got != 7 {
					t.Errorf("got %d, %v, want %v", got, err, tt.wanted)
				}
				if !at.Equal(signed) {
					t.Errorf("signed at %v, want %v", at, signed)
				}
			})
		})
	}
}

func TestErrorsAreTheirParentsToo(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]error{
		{itsdangerous.ErrSignatureExpired, itsdangerous.ErrBadTimeSignature}, {itsdangerous.ErrBadTimeSignature, itsdangerous.ErrBadSignature},
		{itsdangerous.ErrBadSignature, itsdangerous.ErrBadData}, {itsdangerous.ErrBadPayload, itsdangerous.ErrBadData},
	} {
		if !errors.Is(pair[0], pair[1]) || errors.Is(pair[1], pair[0]) {
			t.Errorf("%v is not a kind of %v alone", pair[0], pair[1])
		}
	}
	if errors.Is(itsdangerous.ErrBadPayload, itsdangerous.ErrBadSignature) {
		t.Error("a bad payload is a bad signature")
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const salt = "itsdangerous"
	s := timed(t, itsdangerous.Options{MaxPayload: 1000}, "k")
	signer, err := itsdangerous.NewSigner([]string{"k"}, itsdangerous.Options{Salt: salt})
	if err != nil {
		t.Fatal(err)
	}
	stamper, err := itsdangerous.NewTimestampSigner([]string{"k"}, itsdangerous.Options{Salt: salt})
	if err != nil {
		t.Fatal(err)
	}
	good, _ := s.Dumps("x")
	other, _ := timed(t, itsdangerous.Options{Salt: "other"}, "k").Dumps("x")
	large, _ := timed(t, itsdangerous.Options{}, "k").Dumps(strings.Repeat("a", 2000))
	for _, tt := range []struct {
		name, token string
		want        error
	}{
		{"nothing", "", itsdangerous.ErrBadSignature},
		{"no signature", "x", itsdangerous.ErrBadSignature},
		{"another salt", other, itsdangerous.ErrBadSignature},
		{"padding", good + "=", itsdangerous.ErrBadSignature},
		{"line break", good + "\n", itsdangerous.ErrBadSignature},
		{"cut", good[:len(good)-1], itsdangerous.ErrBadSignature},
		{"no time", signer.Sign("IngI"), itsdangerous.ErrBadTimeSignature},
		{"time with zeros", signer.Sign("IngI.AAAAAQ"), itsdangerous.ErrBadTimeSignature},
		{"time behind all years", signer.Sign("IngI.__________8"), itsdangerous.ErrBadTimeSignature},
		{"no base64", stamper.Sign("!"), itsdangerous.ErrBadPayload},
		{"no zlib", stamper.Sign(".IngI"), itsdangerous.ErrBadPayload},
		{"no JSON", stamper.Sign("eHg"), itsdangerous.ErrBadPayload},
		{"other JSON", stamper.Sign("Nw"), itsdangerous.ErrBadPayload},
		{"no UTF-8", stamper.Sign("Iv8i"), itsdangerous.ErrBadPayload},
		{"too large when inflated", large, itsdangerous.ErrBadPayload},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			if err := s.Loads(tt.token, &got); !errors.Is(err, tt.want) || !errors.Is(err, itsdangerous.ErrBadData) {
				t.Errorf("got %q, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestEveryFlippedCharacterIsRefused(t *testing.T) {
	t.Parallel()
	s := timed(t, itsdangerous.Options{}, "k")
	token, _ := s.Dumps(map[string]int{"user": 7})
	for i := range token {
		for _, c := range "A_-=.z" {
			forged := token[:i] + string(c) + token[i+1:]
			var got any
			if forged != token && s.Loads(forged, &got) == nil {
				t.Errorf("%s is taken for %s", forged, token)
			}
		}
	}
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(itsdangerous.Keys("now", "older", "oldest")); got != "[older oldest now]" {
		t.Errorf("got %s", got)
	}
	var got int
	token, _ := timed(t, itsdangerous.Options{}, "old").Dumps(7)
	if err := timed(t, itsdangerous.Options{}, itsdangerous.Keys("new", "old")...).Loads(token, &got); err != nil || got != 7 {
		t.Errorf("got %d, %v", got, err)
	}
	token, _ = timed(t, itsdangerous.Options{}, itsdangerous.Keys("new", "old")...).Dumps(8)
	if err := timed(t, itsdangerous.Options{}, "new").Loads(token, &got); err != nil || got != 8 {
		t.Errorf("the last key has not signed: %v", err)
	}
}

func TestMistakesAreToldWithoutTheKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		keys []string
		o    itsdangerous.Options
		want string
	}{
		{nil, itsdangerous.Options{}, "give the SECRET_KEY"},
		{[]string{"hush", ""}, itsdangerous.Options{}, "key 2 of 2 is empty"},
		{[]string{"hush"}, itsdangerous.Options{KeyDerivation: "hmca"}, "use django-concat, hmac, concat or none"},
		{[]string{"hush"}, itsdangerous.Options{Sep: "-"}, "without letters, digits"},
	} {
		_, err := itsdangerous.NewURLSafeTimedSerializer(tt.keys, tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
	s := timed(t, itsdangerous.Options{}, "hush")
	if got := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(got, "hush") || !strings.Contains(got, "[redacted]") {
		t.Errorf("got %s", got)
	}
	for _, v := range []any{"\xff", func() {}, strings.Repeat("a", itsdangerous.DefaultMaxPayload)} {
		if _, err := s.Dumps(v); err == nil {
			t.Errorf("a %T is signed", v)
		}
	}
}

// A text is read only if it was signed, and what was signed is read as it was, or refused as a payload, whatever it is.
func FuzzLoads(f *testing.F) {
	s := timed(f, itsdangerous.Options{MaxPayload: 10_000}, "k")
	stamper, err := itsdangerous.NewTimestampSigner([]string{"k"}, itsdangerous.Options{Salt: "itsdangerous"})
	if err != nil {
		f.Fatal(err)
	}
	token, _ := s.Dumps("x")
	large, _ := s.Dumps(strings.Repeat("x", 5000))
	for _, seed := range []string{"", ".", "a.b.c", token, "." + token, "IngI", "e30", "MWU0MDA", "WzEsIngiXQ", "eyJhIjpudWxsfQ", strings.Split(large, ".")[1], large[:strings.LastIndex(large, ".")]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got any
		if err := s.Loads(text, &got); err == nil && text != token {
			t.Errorf("%q is taken for a token, of %q", text, got)
		}
		switch err := s.Loads(stamper.Sign(text), &got); {
		case errors.Is(err, itsdangerous.ErrBadPayload):
		case err != nil:
			t.Errorf("%q, signed: %v", text, err)
		default:
			again, err := s.Dumps(got)
			if err != nil {
				t.Fatalf("%q is %#v, which cannot be signed: %v", text, got, err)
			}
			var same any
			if err := s.Loads(again, &same); err != nil || !reflect.DeepEqual(got, same) {
				t.Errorf("%q is %#v, and then %#v, %v", text, got, same, err)
			}
		}
	})
}
