package redact

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

type quietError struct{ error }

func (quietError) ShowsNoValues() {}

func TestParserThatShowsNoValuesKeepsItsText(t *testing.T) {
	t.Parallel()
	file := []byte("SECRET_KEY = os.environ[\"SECRET_KEY\"]\n")
	text := `the environment variable "SECRET_KEY" is not set`
	if got := Error(quietError{errors.New(text)}, file); got.Error() != text {
		t.Errorf("got %q, want %q", got, text)
	}
	if got := Error(errors.New(text), file); got.Error() == text {
		t.Errorf("got %q, want the words of the secret's value hidden", got)
	}
}

func TestErrorLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	file := []byte("TITLE = 'dewar'\nSECRET_KEY = 'kanarie'\nPORT = x\n")
	err := errors.New(`line 3 (last key "SECRET_KEY"): expected value but found "x" after 'dewar'`)
	if got := Error(err, file); got != err {
		t.Errorf("got %v, want the error itself", got)
	}
	err = fmt.Errorf("found %q: %w", "kanarie", os.ErrInvalid)
	if got := Error(err, file); got.Error() != `found "[redacted]": invalid argument` {
		t.Errorf("got %v", got)
	}
}

func TestErrorHidesLogins(t *testing.T) {
	t.Parallel()
	file := []byte("TITLE = 'dewar'\nDATABASE_URL = 'postgres://bird:kanarie@h/db\nPORT = 1\n")
	got := Error(errors.New(`unexpected ':kanarie@h/db' after 'TITLE'`), file).Error()
	if strings.Contains(got, "kanarie") || !strings.Contains(got, "TITLE") {
		t.Errorf("got %q, want it without the login", got)
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"SECRET_KEY": true, "MY_SECRET": true, "DB_PASSWORD": true, "password": true, "apiKey": true, "API_KEY": true, "STRIPE_KEYS": true,
		"ACCESS_TOKEN": true, "tokens": true, "SSH_PASSPHRASE": true, "MYSQL_PWD": true, "AWS_CREDENTIALS": true,
		"MAIL_PASS": true, "dbPass": true, "DBPass": true, "pass": true, "PASS_1": true, "PIN": true, "db.pin": true, "HASH_SALT": true, "DB_PW": true,
		"Authorization": true, "SMTP_CREDS": true, "PRIVATE_KEY": true, "RECAPTCHA_PRIVATE_KEY": true, "SECRET_PUBLIC_KEY": true, "GITHUB_PAT": true, "JWT_PRIVATE": true,
		"RECAPTCHA_PUBLIC_KEY": false, "STRIPE_PUBLISHABLE_KEY": false, "SITE_KEY": false, "PASSWORD_METHOD": false, "RESET_TOKEN_TIMEOUT": false, "password-length": false, "METHOD_PASSWORD": true, "PASSAGE": false, "Passage": false, "PINE": false,
		"SPIN": false, "PATH": false, "PRIVATE_PATHS": false, "SALTED": false, "passage": false, "DEBUG": false, "TITLE": false, "KEYBOARD": false, "MAX_COOKIE_SIZE": false, "SESSION_COOKIE_NAME": false, "": false,
	} {
		if got := Named(key); got != want {
			t.Errorf("%q: got %v, want %v", key, got, want)
		}
	}
}

func TestTextHidesLogins(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"postgres://u:p@h/db":                 "postgres://[redacted]@h/db",
		"postgres://u:p/s@h/db":               "postgres://[redacted]@h/db",
		"postgres://u:p w'\"@h/db":            "postgres://[redacted]@h/db",
		"https://token@github.com/x":          "https://[redacted]@github.com/x",
		"amqp://a:b@one,amqp://c:d@two":       "amqp://[redacted]@two",
		"root:/p@tcp(h:1)/db":                 "[redacted]@tcp(h:1)/db",
		"host=h password=p dbname=d":          "host=h password=[redacted] dbname=d",
		`host=h PASSWORD = 'p \' q' dbname=d`: "host=h PASSWORD = [redacted] dbname=d",
		"https://h/x?api_key=p&y=1":           "https://h/x?api_key=[redacted]&y=1",
		"Server=h;Pwd=p;Database=d":           "Server=h;Pwd=[redacted];Database=d",
		`{"password": "p", "user": "u"}`:      `{"password": [redacted], "user": "u"}`,
		"host=h pass=p dbname=d":              "host=h pass=[redacted] dbname=d",
		"passphrase=p;x=1":                    "passphrase=[redacted];x=1",
		"bypass=1 compass: north":             "bypass=1 compass: north",
		"https://example.com/a?b=c":           "https://example.com/a?b=c",
		"me@example.com":                      "me@example.com",
		"Admin <admin@example.com>":           "Admin <admin@example.com>",
		"127.0.0.1:5000":                      "127.0.0.1:5000",
		"12:30":                               "12:30",
		"":                                    "",
		"plain text":                          "plain text",
		"sqlite:///prod.db":                   "sqlite:///prod.db",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

type endpoint struct {
	Host, Password string
	URL            *url.URL
}

type sealed struct{ text string }

func TestVisibleShowsWhatIsNotSecret(t *testing.T) {
	t.Parallel()
	login, plain := &url.URL{Scheme: "https", User: url.UserPassword("u", "kanarie"), Host: "h"}, &url.URL{Scheme: "https", Host: "h"}
	loop := map[string]any{}
	loop["again"] = loop
	for name, tt := range map[string]struct{ value, want any }{
		"nothing":                  {nil, nil},
		"text":                     {"plain", "plain"},
		"a type of its own":        {time.Month(5), time.Month(5)},
		"a list keeps its type":    {[]string{"a", "b"}, []string{"a", "b"}},
		"a mapping keeps its type": {map[string]int{"a": 1}, map[string]int{"a": 1}},
		"a struct keeps its type":  {endpoint{Host: "h"}, endpoint{Host: "h"}},
		"a pointer stays":          {&endpoint{Host: "h", URL: plain}, &endpoint{Host: "h", URL: plain}},
		"a nil pointer":            {(*endpoint)(nil), (*endpoint)(nil)},
		"a URL":                    {plain, plain},
		"a time":                   {time.Unix(1, 0), time.Unix(1, 0)},
		"a login in a list":        {[]string{"a", "postgres://u:kanarie@h"}, []any{"a", "postgres://[redacted]@h"}},
		"a password in a mapping":  {map[string]string{"password": "kanarie", "HOST": "h"}, map[string]any{"password": Mark, "HOST": "h"}},
		"a switch in a mapping":    {map[string]any{"USE_TOKEN": true}, map[string]any{"USE_TOKEN": true}},
		"a password in a struct":   {endpoint{"h", "kanarie", plain}, map[string]any{"Host": "h", "Password": Mark, "URL": "https://h"}},
		"behind a pointer":         {&endpoint{Password: "kanarie"}, map[string]any{"Host": "", "Password": Mark, "URL": nil}},
		"a list of structs":        {[]endpoint{{Password: "kanarie"}}, []any{map[string]any{"Host": "", "Password": Mark, "URL": nil}}},
		"an array":                 {[1]string{"//u:kanarie@h"}, []any{"[redacted]@h"}},
		"a login in a URL":         {login, "https://[redacted]@h"},
		"a URL by value":           {*login, "https://[redacted]@h"},
		"bytes":                    {[]byte("kanarie"), "([]uint8)"},
		"what hides its fields":    {sealed{"kanarie"}, "(redact.sealed)"},
		"a pointer to such":        {&sealed{"kanarie"}, "(*redact.sealed)"},
		"other keys":               {map[int]string{1: "kanarie"}, "(map[int]string)"},
	} {
		if got := Visible("KEY_OF_NOTHING_ELSE", tt.value); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %#v, want %#v", name, got, tt.want)
		}
	}
	if got := fmt.Sprint(Visible("LOOP", loop)); strings.Contains(got, "0x") || !strings.Contains(got, "(map[string]interface {})") {
		t.Errorf("got %s of what contains itself, want an end", got)
	}
	f := func() {}
	if got := Visible("FUNC", f); reflect.ValueOf(got).Kind() != reflect.Func {
		t.Errorf("got %v of a function, want the function", got)
	}
}

func TestOutline(t *testing.T) {
	t.Parallel()
	type level string
	for _, tt := range []struct {
		key   string
		value any
		want  string
	}{
		{"name", "canary", "text of 6 characters"}, {"name", "é", "text of 1 character"}, {"name", "", "empty text"}, {"name", nil, "nothing"},
		{"id", 7, "7"}, {"id", "7", "7"}, {"id", "1234567890", "text of 10 characters"}, {"on", true, "true"}, {"on", "yes", "yes"}, {"price", 1.5, "1.5"},
		{"password", "canary", Mark}, {"api_token", 7, Mark}, {"pin", "1234", Mark}, {"has_password", true, "true"},
		{"cart", []string{"canary"}, "[]string of 1"}, {"cart", map[string]any{"a": "canary"}, "map[string]interface {} of 1"},
		{"blob", []byte("canary"), "6 bytes"}, {"level", level("canary"), "redact.level, text of 6 characters"},
		{"user", struct{ Name string }{"canary"}, "struct { Name string }"}, {"user", &struct{ Name string }{"canary"}, "*struct { Name string }"},
		{"wait", 3 * time.Second, "3s"},
	} {
		if got := Outline(tt.key, tt.value); got != tt.want {
			t.Errorf("%s, %#v: got %q, want %q", tt.key, tt.value, got, tt.want)
		}
	}
}
