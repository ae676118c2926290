package machine

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"html"
	"net/http"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// textModule makes a module of functions for text.
func (m *Machine) textModule(path string) *module {
	ofText := func(name string, f func(s string) (starlark.Value, error)) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var s string
			if err := unpack(name, args, kwargs, "s", &s); err != nil {
				return nil, err
			}
			if err := m.charge(4 * len(s)); err != nil {
				return nil, err
			}
			return f(s)
		}
	}
	switch path {
	case "html":
		return newModuleOf(path, map[string]native{"escape": m.escapeHTML,
			"unescape": ofText("unescape", func(s string) (starlark.Value, error) { return m.text(html.UnescapeString(s)) })})
	case "textwrap":
		return newModuleOf(path, map[string]native{"dedent": ofText("dedent", func(s string) (starlark.Value, error) { return m.text(dedent(s)) })})
	case "shlex":
		return newModuleOf(path, map[string]native{"split": ofText("split", splitWords)})
	}
	return newModuleOf("hmac", map[string]native{"new": m.newHMAC})
}

func (m *Machine) escapeHTML(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	quotes := true
	if err := unpack("escape", args, kwargs, "s", &s, "quote?", &quotes); err != nil {
		return nil, err
	}
	pairs := []string{"&", "&amp;", "<", "&lt;", ">", "&gt;"}
	if quotes {
		pairs = append(pairs, `"`, "&quot;", "'", "&#x27;")
	}
	return m.text(strings.NewReplacer(pairs...).Replace(s))
}

// dedent takes the white space that all lines begin with off them. Lines of white space become empty.
func dedent(s string) string {
	lines := strings.Split(s, "\n")
	margin, found := "", false
	for i, line := range lines {
		text := strings.TrimLeft(line, " \t")
		if strings.TrimSpace(text) == "" {
			lines[i] = ""
			continue
		}
		indent := line[:len(line)-len(text)]
		if !found {
			margin, found = indent, true
		}
		for !strings.HasPrefix(indent, margin) {
			margin = margin[:len(margin)-1]
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, margin)
	}
	return strings.Join(lines, "\n")
}

// splitWords implements shlex.split: words with quotes and backslashes as in a shell.
func splitWords(s string) (starlark.Value, error) {
	var words []starlark.Value
	var word strings.Builder
	open, quote := false, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			if open {
				words = append(words, starlark.String(word.String()))
				word.Reset()
			}
			open = false
			continue
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == c:
			quote = 0
		case c == '\\' && quote != '\'':
			if i++; i == len(s) {
				return nil, fault.Raise("ValueError", "split() finds a backslash at the end")
			}
			if quote == '"' && s[i] != '"' && s[i] != '\\' {
				word.WriteByte(c)
			}
			word.WriteByte(s[i])
		default:
			word.WriteByte(c)
		}
		open = true
	}
	if quote != 0 {
		return nil, fault.Raise("ValueError", "split() finds a quote without its end")
	}
	if open {
		words = append(words, starlark.String(word.String()))
	}
	return starlark.NewList(words), nil
}

// newHMAC implements hmac.new(key, msg, digestmod).
func (m *Machine) newHMAC(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, kind starlark.Value
	var message starlark.Value = starlark.Bytes("")
	if err := unpack("hmac.new", args, kwargs, "key", &key, "msg?", &message, "digestmod", &kind); err != nil {
		return nil, err
	}
	k, err := asBytes("hmac.new", key)
	if err != nil {
		return nil, err
	}
	b, err := asBytes("hmac.new", message)
	if err != nil {
		return nil, err
	}
	name, _ := kind.(starlark.String)
	if fn, ok := kind.(*starlark.Builtin); ok {
		name = starlark.String(strings.TrimPrefix(fn.Name(), "hashlib."))
	}
	algorithm, ok := map[starlark.String]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}[name]
	if !ok {
		return nil, fault.New("hmac.new() knows md5, sha1, sha256 and sha512")
	}
	h := hmac.New(algorithm, []byte(k))
	h.Write([]byte(b))
	return digest(h.Sum(nil)), m.charge(len(k) + len(b))
}

// http is the module http, with HTTPStatus.
func (m *Machine) http() *module {
	c := m.offeredClass("HTTPStatus")
	c.enum, c.mixin, c.plainText = true, "int", true
	for code := 100; code < 600; code++ {
		if text := http.StatusText(code); text != "" {
			name := strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_", "'", "").Replace(text))
			if member, err := m.newMember(c, name, starlark.MakeInt(code)); err == nil {
				member.attrs["phrase"] = starlark.String(text)
				c.attrs[name] = member
			}
		}
	}
	return &module{name: "http", attrs: starlark.StringDict{"HTTPStatus": c}}
}
