package login

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
)

var (
	errNoSecretKey = errors.New("login: nobody can be remembered without SECRET_KEY; set it, as for sessions")
	errWideKey     = errors.New("login: SECRET_KEY has letters beyond Latin-1, with which Flask-Login cannot sign the remember cookie; make a new one with ASCII alone, and keep the old one in SECRET_KEY_FALLBACKS until its sessions have ended")
)

// EncodeCookie returns what Flask-Login writes in its remember cookie for the user with that id: the id, a bar, and the
// HMAC of the id with SHA-512 in hex. It is Flask-Login's encode_cookie. A secret is signed with as Flask-Login does, in
// Latin-1; one with letters beyond that is an error, and so is an empty one.
func EncodeCookie(id, secret string) (string, error) {
	if secret == "" {
		return "", errNoSecretKey
	}
	key, ok := latin1(secret)
	if !ok {
		return "", errWideKey
	}
	return id + "|" + signature(id, key), nil
}

// DecodeCookie returns the id in a remember cookie that one of secrets has signed; ok is false for any other text. It is
// Flask-Login's decode_cookie.
func DecodeCookie(cookie string, secrets ...string) (id string, ok bool) {
	end := strings.LastIndexByte(cookie, '|')
	if end < 0 {
		return "", false
	}
	id, given := cookie[:end], cookie[end+1:]
	for _, secret := range secrets {
		key, readable := latin1(secret)
		if readable && secret != "" && hmac.Equal([]byte(signature(id, key)), []byte(given)) {
			return id, true
		}
	}
	return "", false
}

func signature(id string, key []byte) string {
	mac := hmac.New(sha512.New, key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}

// latin1 returns text as Python encodes it. What is no UTF-8 has been bytes in Python too, and stays as it is.
func latin1(text string) ([]byte, bool) {
	if !utf8.ValidString(text) {
		return []byte(text), true
	}
	key := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xff {
			return nil, false
		}
		key = append(key, byte(r))
	}
	return key, true
}

// secrets are the keys that signatures are checked with, the newest first.
func secrets(config *dewar.Values) []string {
	return append([]string{config.String("SECRET_KEY")}, config.Strings("SECRET_KEY_FALLBACKS")...)
}
