package itsdangerous_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar/contrib/itsdangerous"
)

// A link that resets a password works for an hour, and once: the new hash has another end.
func ExampleURLSafeTimedSerializer_passwordReset() {
	keys := itsdangerous.Keys("the secret key", "an older one")
	resets, err := itsdangerous.NewURLSafeTimedSerializer(keys, itsdangerous.Options{Salt: "password-reset"})
	if err != nil {
		panic(err)
	}
	type reset struct {
		User int64  `json:"user"`
		Hash string `json:"hash"` // the end of the one that is replaced
	}
	token, err := resets.Dumps(reset{7, "x3Fq"})
	if err != nil {
		panic(err)
	}
	// https://example.com/reset/{token} goes into the mail. When somebody comes by it:
	var r reset
	err = resets.Loads(token, &r, itsdangerous.MaxAge(time.Hour))
	fmt.Println(r.User, r.Hash, err)
	// Output: 7 x3Fq <nil>
}

// A token that confirms an address is worth nothing for anything else, because of its salt.
func ExampleURLSafeTimedSerializer_emailConfirmation() {
	keys := itsdangerous.Keys("the secret key")
	confirmations, err := itsdangerous.NewURLSafeTimedSerializer(keys, itsdangerous.Options{Salt: "email-confirm"})
	if err != nil {
		panic(err)
	}
	token, err := confirmations.Dumps("ann@example.com")
	if err != nil {
		panic(err)
	}
	var address string
	err = confirmations.Loads(token, &address, itsdangerous.MaxAge(24*time.Hour))
	switch {
	case errors.Is(err, itsdangerous.ErrSignatureExpired):
		fmt.Println("ask for a new link")
	case err != nil:
		fmt.Println("no link of ours")
	default:
		fmt.Println("confirmed", address)
	}
	// Output: confirmed ann@example.com
}

func ExampleURLSafeSerializer() {
	s, _ := itsdangerous.NewURLSafeSerializer(itsdangerous.Keys("secret"), itsdangerous.Options{Salt: "unsubscribe"})
	token, _ := s.Dumps(7)
	var id int
	fmt.Println(s.Loads(token, &id), id)
	// Output: <nil> 7
}

func ExampleSigner() {
	s, _ := itsdangerous.NewSigner(itsdangerous.Keys("secret"), itsdangerous.Options{})
	value, err := s.Unsign(s.Sign("ann"))
	fmt.Println(value, err)
	// Output: ann <nil>
}

func ExampleTimestampSigner() {
	s, _ := itsdangerous.NewTimestampSigner(itsdangerous.Keys("secret"), itsdangerous.Options{})
	value, err := s.Unsign(s.Sign("ann"), itsdangerous.MaxAge(time.Minute))
	fmt.Println(value, err)
	// Output: ann <nil>
}

// A token of a Python program that signs in another way than itsdangerous does by itself.
func ExampleOptions() {
	s, err := itsdangerous.NewURLSafeSerializer(itsdangerous.Keys("secret"), itsdangerous.Options{
		Salt: "invite", KeyDerivation: "hmac", Digest: sha256.New, // signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
	})
	if err != nil {
		panic(err)
	}
	token, err := s.Dumps(7)
	fmt.Println(token, err)
	// Output: Nw.1sxpm_plggCAKlLvx5qXJxE3EQUkB3KsSDRDmETKTwo <nil>
}

func ExampleLoadOption() {
	s, err := itsdangerous.NewURLSafeTimedSerializer(itsdangerous.Keys("secret"), itsdangerous.Options{})
	if err != nil {
		panic(err)
	}
	token, err := s.Dumps(7)
	if err != nil {
		panic(err)
	}
	var id int
	var signed time.Time
	err = s.Loads(token, &id, itsdangerous.MaxAge(time.Hour), itsdangerous.SignedAt(&signed))
	fmt.Println(id, time.Since(signed) < time.Minute, err)
	// Output: 7 true <nil>
}
