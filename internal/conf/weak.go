package conf

import (
	"fmt"
	"slices"
	"strings"
)

const (
	minKeyLength  = 16 // bytes; shorter ones can be found by trying
	goodKeyLength = 32
)

// KeyCure says how to make a good SECRET_KEY.
const KeyCure = "set it to a long random text such as openssl rand -hex 32 prints"

// KeyProblems says what is wrong with the keys: those that are weak, and those that could be longer.
func (s *Snapshot) KeyProblems() (weak, meagre []string) {
	keys := s.secretKeys()
	for i, k := range keys {
		switch reason := weakness(k.text); {
		case reason != "":
			weak = append(weak, fmt.Sprintf("%s %s; %s", k.name, reason, KeyCure))
		case len(k.text) < goodKeyLength:
			meagre = append(meagre, fmt.Sprintf("%s has %d bytes, %d are better; %s", k.name, len(k.text), goodKeyLength, KeyCure))
		}
		if j := slices.IndexFunc(keys[:i], func(earlier secretKey) bool { return earlier.text == k.text }); j >= 0 {
			weak = append(weak, fmt.Sprintf("%s is the same key as %s; remove it", k.name, keys[j].name))
		}
	}
	return weak, meagre
}

// A secretKey is a key that cookies are verified with, and how to name it.
type secretKey struct{ name, text string }

// secretKeys returns SECRET_KEY, when it is set, and the fallbacks.
func (s *Snapshot) secretKeys() []secretKey {
	var keys []secretKey
	if e := s.entry("SECRET_KEY"); e.value != nil {
		keys = append(keys, secretKey{"SECRET_KEY from " + e.source, e.value.(string)})
	}
	e := s.entry("SECRET_KEY_FALLBACKS")
	fallbacks, _ := e.value.([]string)
	for i, text := range fallbacks {
		keys = append(keys, secretKey{fmt.Sprintf("SECRET_KEY_FALLBACKS[%d] from %s", i, e.source), text})
	}
	return keys
}

// weakness says why key can be guessed, or "".
func weakness(key string) string {
	switch {
	case key == "":
		return "is empty"
	case isWellKnown(key):
		return "is an example that everybody knows"
	case len(key) < minKeyLength:
		return fmt.Sprintf("has %d bytes, at least %d are needed", len(key), minKeyLength)
	case repeats(key):
		return "repeats the same few characters"
	case counts(key):
		return "counts up or down"
	}
	return ""
}

// repeats reports whether key is a short text over and over, or made of fewer than five different bytes.
func repeats(key string) bool {
	for n := 1; n < minKeyLength && n <= len(key)/2; n++ {
		if key[n:] == key[:len(key)-n] {
			return true
		}
	}
	different := slices.Compact(slices.Sorted(slices.Values([]byte(key))))
	return len(different) < 5
}

// counts reports whether most characters of key follow or repeat their neighbour, as in abcdefgh.
func counts(key string) bool {
	steps := 0
	for i := range len(key) - 1 {
		if d := int(key[i+1]) - int(key[i]); d >= -1 && d <= 1 {
			steps++
		}
	}
	return steps*4 > (len(key)-1)*3
}

// isWellKnown reports whether key is one that tutorials use, whatever its case and punctuation.
func isWellKnown(key string) bool {
	plain := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, key)
	return slices.Contains(wellKnownKeys[:], plain) ||
		slices.ContainsFunc(wellKnownParts[:], func(part string) bool { return strings.Contains(plain, part) })
}

// wellKnownKeys are keys of tutorials, templates and of this project, in small letters and digits.
var wellKnownKeys = [...]string{
	"dev", "devkey", "development", "developmentkey", "test", "testing", "testkey", "default", "flask", "dewar",
	"key", "secret", "secretkey", "secretstring", "secretword", "thesecretkey", "asecretkey", "asecretstring",
	"thisisasecret", "thisisasecretkey", "thisissecret", "notsosecret", "somesecret", "somesecretkey", "somethingsecret",
	"randomstring", "somerandomstring", "arandomstring", "anyrandomstring", "productionkey", "temporarykey", "myprecious",
	"password", "password123", "admin", "letmein", "qwertyuiop", "qwertyuiopasdfghjklzxcvbnm", "qwertyuiopasdfghjklzxcvbnm123456",
	"0123456789", "1234567890", "12345678901234567890", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz",
	"0123456789abcdef0123456789abcdef", "0123456789abcdefghijklmnopqrstuvwxyz", "deadbeefdeadbeef",
	"192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf", "5y2lf4q8z", "5y2lf4q8znxec",
	"7d441f27d441f27567d441f2b6176a", "5791628bb0b13ce0c676dfde280ba245", "c292a0a3aa32397cdb050e233733900f",
	"a0zr98j3yxrxhhjmnlwxrt", "21thisismyscretkey12eyyh", "thisismyscretkeyeyyh", "thisisasecret1234",
	"atestkeythatislongenoughtobeone", "thekeythattheflaskapplicationhastoo",
}

// wellKnownParts give away a placeholder wherever they stand.
var wellKnownParts = [...]string{
	"changeme", "changethis", "changeit", "tobechanged", "replaceme", "replacethis", "yoursecret", "yourown", "yourkeyhere",
	"yourflasksecret", "secretkeyhere", "secretgoeshere", "keygoeshere", "insertyour", "putyour", "enteryour", "insecure", "donttellanyone",
	"donotuse", "placeholder", "correcthorsebatterystaple", "neverguess", "hardtoguess", "longrandom", "supersecret",
	"verysecret", "topsecret", "mysecret", "keyfortests", "examplekey", "samplekey",
}

// LineBreaks says which secrets end in a line break: a file easily gets one, and it is part of the key then.
func (s *Snapshot) LineBreaks() []string {
	var texts []string
	for _, key := range s.sortedKeys() {
		e := s.entries[key]
		if text, ok := e.value.(string); ok && e.secret() && strings.HasSuffix(text, "\n") {
			texts = append(texts, fmt.Sprintf("%s from %s ends in a line break, which counts as a part of it; write it without one, as printf %%s does, if that is not meant",
				key, e.source))
		}
	}
	return texts
}
