package dewar

import (
	"cmp"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/redact"
)

// secretTexts are texts that nobody may see, wherever they come up.
type secretTexts []string

// secrets returns those of this request and this program, the longest first: a short one may be a part of it.
func (c *Context) secrets() []string {
	t := c.settings.secrets()
	for name, lines := range c.born.Header {
		t.add(name, !isPlainHeader(name) && name != "Referer", lines)
	}
	for _, cookie := range c.born.Cookies() {
		t.add(cookie.Name, true, cookie.Value)
	}
	for _, values := range []url.Values{c.born.URL.Query(), c.parsedForm()} {
		for name, list := range values {
			t.add(name, false, list)
		}
	}
	x := c.rare()
	if s := c.openedSession(); s != nil {
		for key, value := range s.All() {
			t.add(key, false, value)
		}
	}
	if c.hasRule() {
		for name, value := range (*paramSource)(c).all() {
			t.add(name, slices.Contains(c.route.private, name), value)
		}
	}
	x.gMu.Lock()
	for _, it := range x.g {
		if text, ok := it.value.(string); ok { // others may change meanwhile
			t.add(it.name, false, text)
		}
	}
	x.gMu.Unlock()
	return t.longest()
}

// visitorsTexts returns the texts that the visitor has sent, and those of the session, which are nobody else's business.
func (c *Context) visitorsTexts() []string {
	var t secretTexts
	for _, values := range []url.Values{c.born.URL.Query(), c.parsedForm()} {
		t.add("", true, map[string][]string(values))
	}
	if s := c.openedSession(); s != nil {
		for _, value := range s.All() {
			t.add("", true, value)
		}
	}
	if c.hasRule() {
		for _, value := range (*paramSource)(c).all() {
			t.add("", true, value)
		}
	}
	return t.longest()
}

// secrets returns those of the configuration and of the environment.
func (s *settings) secrets() (t secretTexts) {
	for _, setting := range s.snapshot.All() {
		if setting.Value != nil {
			t.add(setting.Key, setting.Secret, *setting.Value)
		}
	}
	for _, line := range os.Environ() {
		key, value, _ := strings.Cut(line, "=")
		if key != "PWD" && key != "OLDPWD" { // which are named like passwords, and are folders
			t.add(key, false, value)
		}
	}
	return t
}

func (t secretTexts) longest() []string {
	slices.SortStableFunc(t, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return t
}

// add adds the texts in a value that are secret, or that are kept under a key that is named like a secret.
func (t *secretTexts) add(key string, secret bool, value any) {
	t.gather(key, secret, reflect.ValueOf(value), 0)
}

func (t *secretTexts) gather(key string, secret bool, v reflect.Value, depth int) {
	if depth > 8 || !v.IsValid() {
		return
	}
	secret = secret || redact.Named(key)
	switch v.Kind() {
	case reflect.String:
		t.addText(secret, v.String())
	case reflect.Interface, reflect.Pointer:
		t.gather(key, secret, v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		if secret && v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			t.addText(true, string(v.Bytes()))
			return
		}
		for i := range v.Len() {
			t.gather(key, secret, v.Index(i), depth+1)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			t.gather(it.Key().String(), secret, it.Value(), depth+1)
		}
	}
}

// addText adds a text that is secret, also by its form, and the login in a URL.
func (t *secretTexts) addText(secret bool, text string) {
	if secret || redact.WellKnown(text) {
		*t = append(*t, text)
		return
	}
	if redact.Text(text) == text {
		return
	}
	*t = append(*t, text)
	if u, err := url.Parse(text); err == nil && u.User != nil {
		password, _ := u.User.Password()
		*t = append(*t, password)
	}
}
