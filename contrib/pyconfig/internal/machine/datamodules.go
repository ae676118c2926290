package machine

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"os"
	"runtime"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// offeredData makes a module of Python's own library that computes with data, nil if there is none of that path.
func (m *Machine) offeredData(path string) starlark.Value {
	switch path {
	case "json", "simplejson", "ujson":
		return m.jsonModule()
	case "secrets":
		return m.secrets()
	case "random":
		return m.random()
	case "uuid":
		return m.uuid()
	case "ipaddress":
		return m.ipaddress()
	case "re":
		return m.patterns()
	case "base64":
		return m.base64()
	case "hashlib":
		return m.hashlib()
	case "binascii":
		return m.binascii()
	case "enum":
		return m.enums()
	case "ast":
		return newModuleOf("ast", map[string]native{"literal_eval": m.literalEval})
	case "functools":
		return m.functools()
	case "itertools":
		return m.itertools()
	case "urllib":
		return &module{name: "urllib", attrs: starlark.StringDict{"parse": m.urllibParse()}}
	case "urllib.parse":
		return m.urllibParse()
	case "html", "textwrap", "shlex", "hmac":
		return m.textModule(path)
	case "http":
		return m.http()
	case "ssl":
		s := &module{name: path, attrs: starlark.StringDict{}}
		for n, name := range []string{"CERT_NONE", "CERT_OPTIONAL", "CERT_REQUIRED"} {
			s.attrs[name] = starlark.MakeInt(n)
		}
		return s
	case "distutils":
		return &module{name: "distutils", attrs: starlark.StringDict{"util": m.distutils()}}
	case "distutils.util", "setuptools._distutils.util":
		return m.distutils()
	}
	return m.offeredSurroundings(path)
}

// offeredSurroundings makes a module that tells about the process and the machine.
func (m *Machine) offeredSurroundings(path string) starlark.Value {
	switch path {
	case "sys":
		return m.sys()
	case "socket":
		return m.socket()
	case "logging":
		return m.logging()
	case "platform":
		return m.platform()
	case "getpass":
		return newModuleOf("getpass", map[string]native{"getuser": m.user})
	case "tempfile":
		return m.tempfile()
	case "threading":
		return m.threading()
	case "subprocess":
		return m.subprocess()
	case "logging.config":
		return m.logConfig()
	case "logging.handlers":
		return m.logHandlers()
	case "multiprocessing":
		return newModuleOf("multiprocessing", map[string]native{"cpu_count": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return cpus(), unpack("cpu_count", args, kwargs)
		}})
	case "time":
		return m.clockModule()
	case "warnings":
		return newModuleOf("warnings", map[string]native{"warn": ignored, "filterwarnings": ignored, "simplefilter": ignored})
	case "contextlib":
		return newModuleOf("contextlib", map[string]native{"suppress": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return &suppressor{kinds: args}, unpack("suppress", nil, kwargs)
		}})
	case "copy":
		return newModuleOf("copy", map[string]native{"deepcopy": m.deepcopy, "copy": m.shallowCopy})
	case "string":
		return stringConstants()
	case "math":
		return m.mathematics()
	case "operator":
		return m.operators()
	case "abc":
		return m.abc()
	case "importlib":
		return newModuleOf(path, map[string]native{"import_module": m.importNamed})
	case "zoneinfo":
		return newModuleOf(path, map[string]native{"ZoneInfo": newZoneName})
	}
	return nil
}

// ignored takes anything and does nothing.
func ignored(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return starlark.None, nil }

// fixed is a function without arguments that always gives the same.
func (m *Machine) fixed(name string, v starlark.Value) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return v, unpack(name, args, kwargs)
	}
}

func (m *Machine) hostname(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	name, err := os.Hostname()
	if err != nil {
		return nil, fault.New("the name of the host is not known; take it from os.environ")
	}
	return starlark.String(name), unpack("gethostname", args, kwargs)
}

// user implements getpass.getuser, which looks at the same variables.
func (m *Machine) user(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	for _, name := range []string{"LOGNAME", "USER", "LNAME", "USERNAME"} {
		if v, _ := m.variableOf(name); v != "" {
			return starlark.String(v), unpack("getuser", args, kwargs)
		}
	}
	return nil, fault.New("the name of the user is not known; set the environment variable USER")
}

// tempDir implements tempfile.gettempdir, without a look at the folders.
func (m *Machine) tempDir(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	for _, name := range []string{"TMPDIR", "TEMP", "TMP"} {
		if v, _ := m.variableOf(name); v != "" {
			dir, err := absolute(slashed(v))
			return starlark.String(dir), err
		}
	}
	return starlark.String(slashed(os.TempDir())), unpack("gettempdir", args, kwargs)
}

func cpus() starlark.Value { return starlark.MakeInt(runtime.NumCPU()) }

func processID() starlark.Value { return starlark.MakeInt(os.Getpid()) }

// listOf makes a list of texts.
func listOf(texts []string) *starlark.List {
	elems := make([]starlark.Value, len(texts))
	for i, s := range texts {
		elems[i] = starlark.String(s)
	}
	return starlark.NewList(elems)
}

// socket is the module socket, without the network.
func (m *Machine) socket() *module {
	s := newModuleOf("socket", map[string]native{"gethostname": m.hostname, "getfqdn": m.hostname})
	s.refuse("a configuration asks no network: write the value, or do it in Go", "gethostbyname", "gethostbyaddr", "create_connection", "socket", "getaddrinfo")
	for name, n := range map[string]int{"AF_UNSPEC": 0, "AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "SOCK_STREAM": 1, "SOCK_DGRAM": 2,
		"SOL_SOCKET": 1, "SO_KEEPALIVE": 9, "SO_REUSEADDR": 2, "IPPROTO_TCP": 6, "TCP_NODELAY": 1, "TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 6, "TCP_USER_TIMEOUT": 18} {
		s.attrs[name] = starlark.MakeInt(n)
	}
	return s
}

// base64 is the module base64.
func (m *Machine) base64() *module {
	coding := func(name string, encoding *base64.Encoding, decode bool) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one(name, args, kwargs)
			if err != nil {
				return nil, err
			}
			return m.recode(name, v, encoding, decode)
		}
	}
	b := newModuleOf("base64", map[string]native{
		"b64encode": coding("b64encode", base64.StdEncoding, false), "standard_b64encode": coding("b64encode", base64.StdEncoding, false),
		"b64decode": coding("b64decode", base64.StdEncoding, true), "standard_b64decode": coding("b64decode", base64.StdEncoding, true),
		"urlsafe_b64encode": coding("urlsafe_b64encode", base64.URLEncoding, false),
		"urlsafe_b64decode": coding("urlsafe_b64decode", base64.URLEncoding, true),
		"b16encode": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one("b16encode", args, kwargs)
			if err != nil {
				return nil, err
			}
			s, ok := v.(starlark.Bytes)
			if !ok {
				return nil, fault.Raise("TypeError", "b16encode() needs bytes, not %s", typeName(v))
			}
			return starlark.Bytes(strings.ToUpper(hex.EncodeToString([]byte(s)))), m.charge(len(s))
		},
	})
	return b
}

func (m *Machine) recode(name string, v starlark.Value, encoding *base64.Encoding, decode bool) (starlark.Value, error) {
	var s string
	switch v := v.(type) {
	case starlark.Bytes:
		s = string(v)
	case starlark.String:
		if !decode {
			return nil, fault.Raise("TypeError", "%s() needs bytes, not str; call .encode()", name)
		}
		s = string(v)
	case refused:
		return nil, v.err()
	default:
		return nil, fault.Raise("TypeError", "%s() needs bytes, not %s%s", name, typeName(v), noneHint(v))
	}
	if err := m.chargeText(2 * len(s)); err != nil {
		return nil, err
	}
	if !decode {
		return starlark.Bytes(encoding.EncodeToString([]byte(s))), nil
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r != '=' && !isBase64(r) }) {
		return nil, fault.New("%s() needs the letters of base64 only here; take the others out", name)
	}
	if encoding == base64.URLEncoding {
		s = strings.NewReplacer("+", "-", "/", "_").Replace(s)
	} else if strings.ContainsAny(s, "-_") {
		return nil, fault.New("%s() needs the letters of base64 only here; take the others out", name)
	}
	if i := strings.IndexByte(s, '='); i >= 0 && strings.Trim(s[i:], "=") != "" {
		return nil, fault.New("%s() needs its padding at the end", name)
	}
	body := strings.TrimRight(s, "=")
	if len(body)%4 == 1 || len(s)-len(body) < (4-len(body)%4)%4 {
		return nil, fault.Raise("BinasciiError", "the text is no base64; check its length and padding")
	}
	data, err := encoding.WithPadding(base64.NoPadding).DecodeString(body)
	if err != nil {
		return nil, fault.New("the text is no base64; check where it comes from")
	}
	return starlark.Bytes(data), nil
}

func isBase64(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+/-_", r)
}

// distutils is the module distutils.util.
func (m *Machine) distutils() *module {
	return newModuleOf("distutils.util", map[string]native{
		"strtobool": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := one("strtobool", args, kwargs)
			if err != nil {
				return nil, err
			}
			s, ok := v.(starlark.String)
			if !ok {
				if r, ok := v.(refused); ok {
					return nil, r.err()
				}
				return nil, fault.Raise("AttributeError", "strtobool() needs text, not %s%s", typeName(v), noneHint(v))
			}
			switch strings.ToLower(string(s)) {
			case "y", "yes", "t", "true", "on", "1":
				return starlark.MakeInt(1), nil
			case "n", "no", "f", "false", "off", "0":
				return starlark.MakeInt(0), nil
			}
			return nil, fault.Raise("ValueError", "strtobool() needs yes, no, true, false, on, off, 1 or 0")
		},
	})
}

// urllibParse is the module urllib.parse.
func (m *Machine) urllibParse() *module {
	quote := func(safe string, space string) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var v starlark.Value
			keep := safe
			var encoding, errs starlark.Value
			if err := unpack("quote", args, kwargs, "string", &v, "safe?", &keep, "encoding?", &encoding, "errors?", &errs); err != nil {
				return nil, err
			}
			switch s := v.(type) {
			case starlark.String:
				return m.text(quoted(string(s), keep, space))
			case starlark.Bytes:
				return m.text(quoted(string(s), keep, space))
			case refused:
				return nil, s.err()
			}
			return nil, fault.Raise("TypeError", "quote() needs text, not %s%s", typeName(v), noneHint(v))
		}
	}
	unquote := func(plus bool) native {
		return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			var s string
			if err := unpack("unquote", args, kwargs, "string", &s); err != nil {
				return nil, err
			}
			if plus {
				s = strings.ReplaceAll(s, "+", " ")
			}
			plain, err := url.PathUnescape(s)
			if err != nil || checkText([]byte(plain)) != nil {
				return nil, fault.New("unquote() needs well-formed escapes here; check the text")
			}
			return m.text(plain)
		}
	}
	p := newModuleOf("urllib.parse", map[string]native{
		"quote": quote("/", "%20"), "quote_plus": quote("", "+"), "unquote": unquote(false), "unquote_plus": unquote(true),
		"urlencode": m.urlencode, "urljoin": m.urljoin, "urlparse": m.urlparse(true), "urlsplit": m.urlparse(false),
		"urlunparse": m.urlunparse, "urlunsplit": m.urlunparse, "parse_qs": m.queryDict, "parse_qsl": m.queryPairs,
	})
	for _, name := range []string{"uses_netloc", "uses_relative", "uses_query", "uses_params", "uses_fragment"} { // what is added there changes nothing here
		p.attrs[name] = listOf([]string{"", "ftp", "http", "https", "file", "ws", "wss", "sftp"})
	}
	return p
}

// quoted escapes a text for a URL.
func quoted(s, safe, space string) string {
	const never = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte(never, c) >= 0 || c < 0x80 && strings.IndexByte(safe, c) >= 0:
			b.WriteByte(c)
		case c == ' ' && space == "+":
			b.WriteString(space)
		default:
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return b.String()
}

// urlencode implements urlencode(dict or pairs).
func (m *Machine) urlencode(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("urlencode", args, kwargs)
	if err != nil {
		return nil, err
	}
	d := new(starlark.Dict)
	if err := m.fill(d, v); err != nil {
		return nil, err
	}
	var parts []string
	for key, v := range d.Entries() {
		pair := make([]string, 2)
		for i, part := range []starlark.Value{key, v} {
			if b, ok := part.(starlark.Bytes); ok {
				part = starlark.String(b)
			}
			s, err := m.str(part)
			if err != nil {
				return nil, err
			}
			if err := m.charge(3 * len(s)); err != nil {
				return nil, err
			}
			pair[i] = quoted(s, "", "+")
		}
		parts = append(parts, strings.Join(pair, "="))
	}
	return m.text(strings.Join(parts, "&"))
}

// urljoin implements urljoin(base, url) for absolute bases.
func (m *Machine) urljoin(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var base, ref string
	if err := unpack("urljoin", args, kwargs, "base", &base, "url", &ref); err != nil {
		return nil, err
	}
	if base == "" || ref == "" {
		return m.text(base + ref)
	}
	b, err1 := url.Parse(base)
	r, err2 := url.Parse(ref)
	plain := err1 == nil && err2 == nil && (b.Scheme == "http" || b.Scheme == "https") && b.Host != "" && b.RawQuery == "" && b.Fragment == "" && b.User == nil &&
		!strings.Contains(base+ref, "..") && !strings.Contains(ref, "./") && !strings.ContainsAny(base+ref, "%;#? ") && isASCII(base+ref)
	if !plain {
		return nil, fault.New("urljoin() needs plain http addresses here; write the value")
	}
	return m.text(b.ResolveReference(r).String())
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}

// urlparse implements urlparse and urlsplit.
func (m *Machine) urlparse(params bool) native {
	return func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var s string
		if err := unpack("urlparse", args, kwargs, "url", &s); err != nil {
			return nil, err
		}
		if err := m.charge(len(s)); err != nil {
			return nil, err
		}
		return parseURL(s, params)
	}
}
