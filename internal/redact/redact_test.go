package redact

import (
	"errors"
	"fmt"
	"os"
	"testing"
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

func TestNamed(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]bool{
		"SECRET_KEY": true, "MY_SECRET": true, "DB_PASSWORD": true, "password": true, "apiKey": true, "API_KEY": true, "STRIPE_KEYS": true,
		"ACCESS_TOKEN": true, "tokens": true, "SSH_PASSPHRASE": true, "MYSQL_PWD": true, "AWS_CREDENTIALS": true,
		"DEBUG": false, "TITLE": false, "KEYBOARD": false, "MAX_COOKIE_SIZE": false, "SESSION_COOKIE_NAME": false, "": false,
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
