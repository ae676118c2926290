package strangler

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
)

// fingerprintRounds makes a guess at a fingerprint dearer than one at a signed cookie, which every visitor has.
const fingerprintRounds = 200_000

// A Fingerprint stands for a secret, so that two programs can compare theirs without showing them. In JSON it is
// {"fingerprint": "..."}.
type Fingerprint struct {
	Sum string `json:"fingerprint"`
}

// FingerprintOf returns the fingerprint of a secret. It takes some hundredths of a second. Python has it by
// hashlib.pbkdf2_hmac("sha256", secret, b"dewar", 200_000, 16).hex(). A secret that can be guessed can be guessed by its
// fingerprint too, as by any cookie that it signs.
func FingerprintOf(secret string) Fingerprint {
	sum, err := pbkdf2.Key(sha256.New, secret, []byte("dewar"), fingerprintRounds, 16)
	if err != nil {
		panic("strangler: " + err.Error()) // a build for FIPS 140 that refuses the salt
	}
	return Fingerprint{hex.EncodeToString(sum)}
}

// fingerprint returns the one that value is, or has in JSON.
func fingerprint(value any) (Fingerprint, bool) {
	switch v := value.(type) {
	case Fingerprint:
		return v, true
	case map[string]any:
		sum, ok := v["fingerprint"].(string)
		return Fingerprint{sum}, ok
	}
	return Fingerprint{}, false
}

// sameSecret compares secrets, or fingerprints, or one with the other.
func sameSecret(a, b any) bool {
	_, printed := fingerprint(a)
	if _, too := fingerprint(b); printed == too || a == nil || b == nil {
		return a == b
	}
	return printOf(a) == printOf(b)
}

// printOf returns the fingerprint of what is one already or a secret.
func printOf(value any) Fingerprint {
	if f, ok := fingerprint(value); ok {
		return f
	}
	text, _ := value.(string)
	return FingerprintOf(text)
}
