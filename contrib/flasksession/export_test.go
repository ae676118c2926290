package flasksession

import (
	"github.com/dewar-go/dewar"
)

// Settings are what the tests ask of a configuration.
type Settings struct{ *settings }

// Derive returns what follows from a configuration.
func Derive(config *dewar.Values) (Settings, error) {
	s, err := derive(config)
	return Settings{s}, err
}

// ID returns the id that a cookie names, or "".
func (s Settings) ID(cookie string) string { id, _ := s.idOf(cookie); return id }

// Cookie returns the cookie for an id.
func (s Settings) Cookie(id string) string { return s.cookie(id) }

// A Blob is what Flask-Session keeps.
type Blob struct{ *blob }

// Parse takes a blob apart.
func Parse(data []byte) (Blob, error) {
	b, err := parse(data)
	return Blob{b}, err
}

// Tagged returns the values in tagged JSON, and why the others cannot be kept.
func (b Blob) Tagged() (values map[string]string, lost map[string]error, err error) {
	lost = map[string]error{}
	values, err = b.tagged(func(key string, err error) { lost[key] = err })
	return values, lost, err
}

// Raw returns the bytes of each value.
func (b Blob) Raw() map[string]string {
	raw := map[string]string{}
	for _, m := range b.members {
		raw[m.key] = string(m.value.raw)
	}
	return raw
}

// After returns the blob after a request that does f with the session in it.
func (b Blob) After(f func(s *dewar.Session)) ([]byte, error) {
	values, err := b.tagged(func(string, error) {})
	if err != nil {
		return nil, err
	}
	s := dewar.NewSession()
	dewar.Stored(s).Restore(values)
	f(s)
	changes, err := dewar.Stored(s).Changes()
	if err != nil {
		return nil, err
	}
	_, data, err := b.with(changes)
	return data, err
}

// Written returns the value of key as it is written when nothing is known of how it was before.
func (b Blob) Written(key string) (string, error) {
	values, err := b.tagged(func(string, error) {})
	if err != nil {
		return "", err
	}
	w := b.writer()
	err = write(w, valuesOf(map[string][]byte{key: []byte(values[key])}).Get(key), nil)
	return string(w.written()), err
}

// Transient has i keep sessions as with SESSION_PERMANENT off, in requests that have that configuration.
func (i *SessionInterface) Transient(config *dewar.Values) error {
	s, err := derive(config)
	if err != nil {
		return err
	}
	s.permanent = false
	i.settings.Store(s)
	return nil
}
