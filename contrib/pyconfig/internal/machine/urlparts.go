package machine

import (
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// parseURL takes an address apart as Python does.
func parseURL(s string, params bool) (starlark.Value, error) {
	if !isASCII(s) || strings.ContainsAny(s, "\t\r\n []") || s != strings.TrimSpace(s) {
		return nil, fault.New("this form of an address is not available in urlparse(); write the parts")
	}
	rest := s
	scheme := ""
	if i := strings.IndexByte(s, ':'); i > 0 && isScheme(s[:i]) {
		scheme, rest = strings.ToLower(s[:i]), s[i+1:]
	}
	netloc := ""
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		end := strings.IndexAny(after, "/?#")
		if end < 0 {
			end = len(after)
		}
		netloc, rest = after[:end], after[end:]
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")
	u := &record{kind: "address", tuple: true, names: []string{"scheme", "netloc", "path", "query", "fragment"}}
	u.extra = func(name string) (starlark.Value, error) { return netlocPart(netloc, name) }
	parts := []string{scheme, netloc, path, query, fragment}
	if params {
		if strings.Contains(path, ";") {
			return nil, fault.New("this form of an address is not available in urlparse(); write the parts")
		}
		u.names = slices.Insert(u.names, 3, "params")
		parts = slices.Insert(parts, 3, "")
	}
	for _, part := range parts {
		u.values = append(u.values, starlark.String(part))
	}
	return u, nil
}

func isScheme(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == "" && s[0] >= 'A'
}

// netlocPart returns a part of the part netloc.
func netlocPart(netloc, name string) (starlark.Value, error) {
	login, host, found := cutLast(netloc, "@")
	if !found {
		login, host = "", netloc
	}
	user, password, hasPassword := strings.Cut(login, ":")
	host, port, _ := cutLast(host, ":")
	switch name {
	case "hostname":
		return textOrNone(strings.ToLower(host), host != ""), nil
	case "username":
		return textOrNone(user, found), nil
	case "password":
		return textOrNone(password, found && hasPassword), nil
	case "port":
		if port == "" {
			return starlark.None, nil
		}
		n, err := strconv.Atoi(port)
		if err != nil || n < 0 || n > 65535 {
			return nil, fault.Raise("ValueError", "the port of an address is no number up to 65535")
		}
		return starlark.MakeInt(n), nil
	}
	return nil, fault.New("%s of an address is not available; write the value", name)
}

func textOrNone(s string, there bool) starlark.Value {
	if !there {
		return starlark.None
	}
	return starlark.String(s)
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
