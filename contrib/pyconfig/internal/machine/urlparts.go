package machine

import (
	"net/url"
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

// urlunparse implements urlunparse and urlunsplit: an address of its parts.
func (m *Machine) urlunparse(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("urlunparse", args, kwargs)
	if err != nil {
		return nil, err
	}
	elems, err := m.elements(v)
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(elems))
	for i, elem := range elems {
		if parts[i], err = asText("urlunparse()", elem); err != nil {
			return nil, err
		}
	}
	switch len(parts) {
	case 6:
		if parts[3] != "" {
			parts[2] += ";" + parts[3]
		}
		parts = slices.Delete(parts, 3, 4)
	case 5:
	default:
		return nil, fault.Raise("ValueError", "an address has five or six parts")
	}
	return m.joinURL(parts[0], parts[1], parts[2], parts[3], parts[4])
}

// joinURL joins the parts of an address. Python leaves "//" to schemes that have a host.
func (m *Machine) joinURL(scheme, netloc, path, query, fragment string) (starlark.Value, error) {
	u := path
	switch {
	case netloc != "":
		if path != "" && path[0] != '/' {
			path = "/" + path
		}
		u = "//" + netloc + path
	case strings.HasPrefix(path, "//") || scheme != "" && !isIn(scheme, "mailto data javascript urn tel"):
		return nil, fault.New("urlunparse() needs a host here; write the address")
	}
	if scheme != "" {
		u = scheme + ":" + u
	}
	if query != "" {
		u += "?" + query
	}
	if fragment != "" {
		u += "#" + fragment
	}
	return m.text(u)
}

// queryPairs implements parse_qsl.
func (m *Machine) queryPairs(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	blank := false
	if err := unpack("parse_qsl", args, kwargs, "qs", &s, "keep_blank_values?", &blank); err != nil {
		return nil, err
	}
	var pairs []starlark.Value
	for part := range strings.SplitSeq(s, "&") {
		name, value, _ := strings.Cut(part, "=")
		if part == "" || value == "" && !blank {
			continue
		}
		pair := make(starlark.Tuple, 2)
		for i, text := range []string{name, value} {
			plain, err := url.QueryUnescape(text)
			if err != nil || checkText([]byte(plain)) != nil {
				return nil, fault.New("parse_qsl() needs well-formed escapes here; check the text")
			}
			pair[i] = starlark.String(plain)
		}
		pairs = append(pairs, pair)
	}
	return starlark.NewList(pairs), m.charge(len(s) * entrySize)
}

// queryDict implements parse_qs: each name with the list of its values.
func (m *Machine) queryDict(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	pairs, err := m.queryPairs(args, kwargs)
	if err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	for pair := range starlark.Elements(pairs.(*starlark.List)) {
		pair := pair.(starlark.Tuple)
		list, found, _ := d.Get(pair[0])
		if !found {
			list = starlark.NewList(nil)
			d.SetKey(pair[0], list)
		}
		list.(*starlark.List).Append(pair[1])
	}
	return d, nil
}
