package flaskcookie_test

import (
	"crypto/sha256"
	"fmt"
	"log"
	"time"

	"github.com/dewar-go/dewar/flaskcookie"
)

func ExampleCodec_Decode() {
	codec, err := flaskcookie.NewCodec([][]byte{[]byte("dev")}, flaskcookie.Options{})
	if err != nil {
		log.Fatal(err)
	}
	// A cookie that a Flask application made in November 2023, and a clock that still shows it.
	cookie := "eyJ1c2VyX2lkIjo0Mn0.ZVPxAA.hjhtQRGPO7UK57j5dSOtrXVGqbs"
	now := time.Unix(1_700_000_060, 0)

	payload, _, err := codec.Decode(cookie, now, time.Hour)
	fmt.Printf("%s %v\n", payload, err)
	_, _, err = codec.Decode(cookie, now, time.Second)
	fmt.Println(err)
	// Output:
	// {"user_id":42} <nil>
	// flaskcookie: the cookie has expired
}

func ExampleCodec_Encode() {
	codec, err := flaskcookie.NewCodec([][]byte{[]byte("dev")}, flaskcookie.Options{})
	if err != nil {
		log.Fatal(err)
	}
	cookie, err := codec.Encode([]byte(`{"user_id":42}`), time.Unix(1_700_000_000, 0))
	fmt.Println(cookie, err)
	// Output: eyJ1c2VyX2lkIjo0Mn0.ZVPxAA.hjhtQRGPO7UK57j5dSOtrXVGqbs <nil>
}

// A Flask application whose SecureCookieSessionInterface has another salt and digest.
func ExampleOptions() {
	codec, err := flaskcookie.NewCodec([][]byte{[]byte("the secret key")}, flaskcookie.Options{Salt: "shop-session", Digest: sha256.New})
	if err != nil {
		log.Fatal(err)
	}
	cookie, err := codec.Encode([]byte(`{"user_id":7}`), time.Now())
	if err != nil {
		log.Fatal(err)
	}
	payload, key, err := codec.Decode(cookie, time.Now(), time.Hour)
	fmt.Println(string(payload), key, err)
	// Output: {"user_id":7} 0 <nil>
}
