package httpauth

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
)

// Basic makes a hook that lets requests through with a name and a password that verify accepts. verify returns the user, or
// true; the zero T refuses, and an error fails the request, in 500 or the status that it picks. It is called once for each
// request with credentials, by several goroutines, and should take as long for names that do not exist: compare with
// [Equal], or hashes with contrib/password. It is not called without credentials.
//
// A refused request is answered with 401 and WWW-Authenticate. What is sent is read as UTF-8, which browsers are asked
// for, or else as Latin-1; a password may have colons in it. OPTIONS is let through.
func Basic[T comparable](verify func(c *dewar.Context, name, password string) (T, error), opts ...Option) dewar.Handler {
	if verify == nil {
		panic("httpauth: Basic(nil): pass a func(c *dewar.Context, name, password string) (bool, error), or one that returns the user")
	}
	s := &scheme{name: "Basic", always: `, charset="UTF-8"`}
	s.verify = func(c *dewar.Context, credentials string) (any, error) {
		name, password, ok := decode(credentials)
		if !ok {
			return nil, nil
		}
		who, err := verify(c, name, password)
		if any(who) == true {
			return name, err
		}
		return found(who), err
	}
	return s.hook(opts)
}

// found returns the user, nil for nobody.
func found[T comparable](who T) any {
	if who == *new(T) {
		return nil
	}
	return who
}

// decode takes credentials apart.
func decode(credentials string) (name, password string, ok bool) {
	pair, err := base64.StdEncoding.DecodeString(credentials)
	if err != nil {
		return "", "", false
	}
	text := string(pair)
	if !utf8.Valid(pair) {
		text = fromLatin1(pair)
	}
	name, password, ok = strings.Cut(text, ":")
	return name, password, ok && !strings.ContainsFunc(text, isControl)
}

func fromLatin1(text []byte) string {
	runes := make([]rune, len(text))
	for i, b := range text {
		runes[i] = rune(b)
	}
	return string(runes)
}
