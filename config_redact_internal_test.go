package dewar

import (
	"errors"
	"testing"
)

type quietError struct{ error }

func (quietError) ShowsNoValues() {}

func TestParserThatShowsNoValuesKeepsItsText(t *testing.T) {
	t.Parallel()
	file := []byte("SECRET_KEY = os.environ[\"SECRET_KEY\"]\n")
	text := `the environment variable "SECRET_KEY" is not set`
	if got := withoutSecrets(quietError{errors.New(text)}, file); got.Error() != text {
		t.Errorf("got %q, want %q", got, text)
	}
	if got := withoutSecrets(errors.New(text), file); got.Error() == text {
		t.Errorf("got %q, want the words of the secret's value hidden", got)
	}
}
