package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// webAddress is a URL of pydantic. As a value of the configuration it is code: str() gives the text.
type webAddress struct {
	inert
	text string
}

// String returns a fixed text: the address may hold a password.
func (webAddress) String() string { return "URL" }

// Type returns the name of the type.
func (webAddress) Type() string { return "URL" }

// AttrNames returns nothing: the names are not listed to files.
func (webAddress) AttrNames() []string { return nil }

// Attr returns a part of the address.
func (w webAddress) Attr(name string) (starlark.Value, error) {
	switch name {
	case "unicode_string", "__str__":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.String(w.text), unpack(name, args, kwargs)
		}), nil
	case "scheme", "host", "username", "password":
		v, err := parseURL(w.text, false)
		if err != nil {
			return nil, err
		}
		if name == "host" {
			name = "hostname"
		}
		return v.(*record).Attr(name)
	}
	return nil, fault.New("%s of an address is not available; write the value", name)
}

// addressSchemes lists the types of addresses with the schemes they take; none for any.
func addressSchemes(kind string) (schemes string, known bool) {
	schemes, known = map[string]string{
		"AnyUrl": "", "AnyHttpUrl": "http https", "HttpUrl": "http https",
		"PostgresDsn": "postgres postgresql postgresql+asyncpg postgresql+pg8000 postgresql+psycopg postgresql+psycopg2 postgresql+psycopg2cffi postgresql+py-postgresql postgresql+pygresql",
	}[kind]
	return schemes, known
}

// newAddress makes an address of a text that pydantic leaves as it is, but for the "/" that it puts after a bare host.
func (m *Machine) newAddress(kind, text string) (starlark.Value, error) {
	if err := m.charge(4 * len(text)); err != nil { // it is looked through several times
		return nil, err
	}
	odd := fault.New("this form of an address is not available; write the scheme, a host in small letters and a path")
	scheme, rest, found := strings.Cut(text, "://")
	schemes, _ := addressSchemes(kind)
	switch {
	case !strings.Contains(text, ":"):
		return nil, fault.Raise("ValueError", "a setting is no %s; begin it with its scheme", kind)
	case !found || !isPlainASCII(text) || strings.ToLower(scheme) != scheme || scheme == "" || !isScheme(scheme):
		return nil, odd
	case schemes != "" && !isIn(scheme, schemes):
		return nil, fault.Raise("ValueError", "a setting is no %s; check its scheme", kind)
	case strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789-._~/:@?=&%+,;!$") != "":
		return nil, odd
	}
	netloc, path, hasPath := strings.Cut(rest, "/")
	_, host, _ := cutLast("@"+netloc, "@")
	host, port, _ := strings.Cut(host, ":")
	special := isIn(scheme, "http https ws wss ftp")
	switch {
	case host == "" || host != strings.ToLower(host) || strings.ContainsAny(netloc, "?%") || strings.Trim(host, "0123456789.") == "" && host != "127.0.0.1" && host != "0.0.0.0",
		isIn(scheme+port, "http80 https443 ws80 wss443 ftp21"), strings.Contains("/"+path+"/", "/./"), strings.Contains(path, ".."), strings.Contains(netloc, "@@"):
		return nil, odd
	case !hasPath && special:
		text += "/"
	}
	return webAddress{text: text}, nil
}

// addressMaker is AnyUrl and the like, called with a text.
func (m *Machine) addressMaker(kind string) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var text string
		if err := unpack(kind, args, kwargs, "url", &text); err != nil {
			return nil, err
		}
		return m.newAddress(kind, text)
	}
}
