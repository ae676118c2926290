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

func TestKeysThatCanBeGuessed(t *testing.T) {
	t.Parallel()
	for _, key := range []string{
		"", "dev", "DEV", "secret", "secret!", "change-me", "CHANGE_ME", "Change me, please, I am only an example!", "my secret key",
		"super-secret-key-for-everyone", "you-will-never-guess", "hard to guess string", "a long random text from the environment",
		"a key for tests, and for tests alone", "this-really-needs-to-be-changed", "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY",
		"_5#y2L\"F4Q8z\n\xec]/", `_5#y2L"F4Q8z\n\xec]/`, "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT", "7d441f27d441f27567d441f2b6176a", "thisISaSECRET_1234",
		`\2\1thisismyscretkey\1\2\e\y\y\h`, "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcabcabcabcabcabcab", "hunter2hunter2hunter2hunter2hunter2", "0000000000000000000000000000000a",
		"abcdefghijklmnopqrstuvwxyz012345", "zyxwvutsrqponmlkjihgfedcba", "12345678901234567890123456789012", "aabbccddeeffgghhiijjkkll",
		"0123456789abcdefghijklmnopqrstuvwxyz", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "                    ",
		"short", "15 bytes of key", "ééééééééééééééééé",
	} {
		if reason := weakness(key); reason == "" {
			t.Errorf("%q passes for a good key", key)
		}
	}
}
