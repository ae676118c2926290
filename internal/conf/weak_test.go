package conf

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"testing"
)

func TestRandomKeysAreGood(t *testing.T) {
	t.Parallel()
	for i := range 10_000 {
		key := randomKey(i)
		if reason := weakness(key); reason != "" {
			t.Fatalf("%q %s", key, reason)
		}
	}
}

// randomKey returns a key as programs make them: 16 random bytes in hex, or 24 in base64.
func randomKey(i int) string {
	random := make([]byte, 24)
	rand.Read(random)
	if i%2 == 0 {
		return hex.EncodeToString(random[:16])
	}
	return base64.StdEncoding.EncodeToString(random)
}
