package dewar

import (
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/conf"
)

// Config is the configuration of an App: upper-case keys with values that know where they came from. It has
// Flask's loaders and the getters of [Values].
//
// The built-in keys have a type and are converted when they are loaded, so that after a load without an
// error their getters cannot fail; [Config.Declare] gives an application's own keys the same. [Must] and [Require] fail
// where a getter gives the zero value; in DEBUG the log says, once for each key, that a getter found none. The last load
// wins and replaces a value whole. Maps and lists are copied on their way in and out.
//
// A load is taken whole or not at all. Config may be read and changed by several goroutines; a request keeps the state
// it began with (see [Context.Config]). However a Config is printed, logged or encoded, secrets show as [redacted]:
// keys that are declared [Secret] or named like one, and the user part of URLs. Templates do not see them either. Make
// one with [New].
type Config struct {
	store   *conf.Store
	current atomic.Pointer[settings] // what the newest state of store comes to
}

func newConfig(base string) *Config {
	c := &Config{}
	c.store = conf.New(base, func(s *conf.Snapshot) { c.current.Store(derive(s)) })
	return c
}

// settings returns what the configuration comes to at the moment.
func (c *Config) settings() *settings { return c.current.Load() }

// values returns the state of the moment; the zero Config has none.
func (c *Config) values() *Values {
	if s := c.settings(); s != nil {
		return &s.view
	}
	return nil
}

// Has reports whether key has a value.
func (c *Config) Has(key string) bool { return c.values().Has(key) }

// Get returns a copy of the value of key, or nil when it is unset.
func (c *Config) Get(key string) any { return c.values().Get(key) }

// Lookup returns a copy of the value of key and whether there is one.
func (c *Config) Lookup(key string) (any, bool) { return c.values().Lookup(key) }

// Keys returns the keys that have a value, sorted.
func (c *Config) Keys() []string { return c.values().Keys() }

// String returns the value of key as text, or "" when it is unset or neither text nor a number.
func (c *Config) String(key string) string { return c.values().String(key) }

// Int returns the value of key as an int, or 0 when it is unset or not a whole number in range.
func (c *Config) Int(key string) int { return c.values().Int(key) }

// Int64 returns the value of key as an int64, or 0 when it is unset or not a whole number in range.
func (c *Config) Int64(key string) int64 { return c.values().Int64(key) }

// Float64 returns the value of key as a float64, or 0 when it is unset or not a number.
func (c *Config) Float64(key string) float64 { return c.values().Float64(key) }

// Bool returns the value of key as a bool, or false when it is unset or not one of true, false, on, off, yes, no, 1, 0.
func (c *Config) Bool(key string) bool { return c.values().Bool(key) }

// Duration returns the value of key as a duration, a bare number in seconds, or 0 when it is unset or none.
func (c *Config) Duration(key string) time.Duration { return c.values().Duration(key) }

// Time returns the value of key as a time, or the zero time when it is unset or neither a time nor text that holds one.
func (c *Config) Time(key string) time.Time { return c.values().Time(key) }

// Map returns a copy of the value of key as a map with text keys, or nil when it is unset or no mapping.
func (c *Config) Map(key string) Map { return c.values().Map(key) }

// Strings returns the items of a list as text, or text split on commas, or nil when key is unset or neither.
func (c *Config) Strings(key string) []string { return c.values().Strings(key) }

// Source tells where the value of key came from, for example "environment FLASK_DEBUG", "config.toml",
// "default" or "main.go:31". A value that was put together names all its sources. A known key that was
// unset names what unset it. It is "" for any other key without a value.
func (c *Config) Source(key string) string { return c.settings().snapshot.Source(key) }

// Set gives key a value; a key of lower case is another key. A value that does not fit the type of a built-in or
// declared key is an error, the old value stays, and Build fails until the key is set well. Nil unsets a key: it has no
// value then, or its default when it is declared or cannot be without one.
func (c *Config) Set(key string, value any) error {
	return prefixed(c.store.Set(key, value, callsite.Site()))
}

// SetFrom is [Config.Set] for a value whose origin has a name of its own, such as a flag of the command line:
// SetFrom("--workers", "WORKERS", 4). [Config.Source] and errors name it in place of the line that calls.
func (c *Config) SetFrom(source, key string, value any) error {
	return prefixed(c.store.Set(key, value, source))
}

// prefixed puts the package's name before an error.
func prefixed(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("dewar: %w", err)
}

// Update takes every key of m, whatever its case, as [Config.Set] does and Flask's config.update. If any value is wrong
// nothing is taken.
func (c *Config) Update(m Map) error { return prefixed(c.store.Update(m, callsite.Site())) }

// Declare gives an application's own key a type and a default: the type is that of def, which may be a
// string, bool, int, int64, float64, time.Duration, []string or nil for any. A value that was loaded before
// is converted, nil to the default; one that does not fit is an error. doc says in one line what the key is for. A key can be
// declared once, and a built-in key not at all.
func (c *Config) Declare(key string, def any, doc string, opts ...KeyOption) error {
	var o keyOptions
	for _, opt := range opts {
		opt(&o)
	}
	return prefixed(c.store.Declare(key, def, doc, o.secret))
}

// KeyOption is an attribute of a key for [Config.Declare].
type KeyOption func(*keyOptions)

type keyOptions struct{ secret bool }

// Secret marks a key whose value must not be shown anywhere. An environment variable that ends in _FILE
// may name a file with its value; see [Config.FromPrefixedEnv].
func Secret() KeyOption { return func(o *keyOptions) { o.secret = true } }

// FromMapping takes the keys of m that are upper-case; others are for the mapping's own use and left alone. Build warns
// of one that would be a known key in upper case and that nothing else has set.
// If any value is wrong nothing is taken, and the error names every wrong one. Nil unsets a key.
func (c *Config) FromMapping(m Map) error { return prefixed(c.store.FromMapping(m, callsite.Site())) }

// FromObject takes the exported fields of a struct, or of what a pointer to one points to: SecretKey is
// SECRET_KEY, OAuth2ClientID is OAUTH2_CLIENT_ID, and the tag config:"NAME" gives another name, which must be
// upper-case. A field tagged config:"-" is left out, one tagged config:",omitzero" when it has its zero value;
// any other zero value counts. Fields of embedded structs count as well, unless the outer struct has the key.
//
// A struct inside becomes a mapping by the same rules, so that DB.Host is HOST in DB; one that reads itself from
// text, as time.Time does, or has unexported fields stays what it is. A pointer to a plain value is followed and
// a nil one leaves its key alone; a pointer to a struct is taken as it is.
//
// If any value is wrong nothing is taken, and the error names every wrong one.
func (c *Config) FromObject(obj any) error { return prefixed(c.store.FromObject(obj, callsite.Site())) }

// LoadOption is an attribute of one load. A loader that has no use for an option, as [Config.FromFile] has none for
// [EnvPrefix], fails.
type LoadOption struct {
	name  string
	fits  []string // names of loaders
	apply func(*loadOptions)
}

type loadOptions struct {
	optional bool
	env      conf.Env
}

// Optional passes over a missing file, what Flask calls silent=True, for [Config.FromFile], [Config.FromEnvVar] and
// [Config.FromDotenv]. A file that cannot be read, is a folder or does not parse is an error all the same. Build warns
// when a file with nearly the same name is there.
func Optional() LoadOption {
	return LoadOption{"Optional", []string{"FromFile", "FromEnvVar", "FromDotenv"}, func(o *loadOptions) { o.optional = true }}
}

// EnvPrefix sets the prefix of environment variables, without the underscore that follows it, for
// [Config.FromPrefixedEnv] and [Config.FromDotenv]. The default is FLASK. An empty prefix leaves the underscore alone.
func EnvPrefix(prefix string) LoadOption {
	return LoadOption{"EnvPrefix", []string{"FromPrefixedEnv", "FromDotenv"}, func(o *loadOptions) { o.env.Prefix = prefix }}
}

// EnvDecoder sets what makes a value of a variable's text, for [Config.FromPrefixedEnv] and [Config.FromDotenv];
// what Flask calls loads. The default decodes JSON. Text for which it returns an error is taken as it is.
func EnvDecoder(decode func(text string) (any, error)) LoadOption {
	return LoadOption{"EnvDecoder", []string{"FromPrefixedEnv", "FromDotenv"}, func(o *loadOptions) { o.env.Decode = decode }}
}

// loadWith returns what opts say to the named loader.
func loadWith(loader string, opts []LoadOption) (loadOptions, error) {
	o := loadOptions{env: conf.Env{Prefix: "FLASK", Decode: conf.DecodeJSON}}
	for _, opt := range opts {
		if !slices.Contains(opt.fits, loader) {
			return o, fmt.Errorf("dewar: %s does not take dewar.%s, which is for %s; leave it out", loader, opt.name, strings.Join(opt.fits, ", "))
		}
		opt.apply(&o)
	}
	return o, nil
}

// FromFile reads a file and takes its upper-case keys, as [Config.FromMapping] does. The name is relative to
// the App's root, or to its instance folder with [InstanceRelativeConfig].
//
// unmarshal makes a mapping of the content: json.Unmarshal, toml.Unmarshal and yaml.Unmarshal fit as they are.
// What it gets as v is a pointer to a map with text keys that holds the file's name under __file__. Integers
// from JSON keep 64 bits; larger ones are json.Number.
func (c *Config) FromFile(name string, unmarshal func(data []byte, v any) error, opts ...LoadOption) error {
	o, err := loadWith("FromFile", opts)
	if err != nil {
		return err
	}
	return prefixed(c.store.FromFile(name, unmarshal, o.optional))
}

// FromEnvVar reads the file that the environment variable name names, as [Config.FromFile] does. A variable
// that is unset or empty is an error, unless [Optional] is given.
func (c *Config) FromEnvVar(name string, unmarshal func(data []byte, v any) error, opts ...LoadOption) error {
	o, err := loadWith("FromEnvVar", opts)
	if err != nil {
		return err
	}
	return prefixed(c.store.FromEnvVar(name, unmarshal, o.optional))
}

// FromPrefixedEnv takes every environment variable that begins with FLASK_, or with another [EnvPrefix]. The rest of
// the name is the key, whatever its case. A value that is JSON is decoded, anything else is text. Where text is wanted
// of it, by a key that is declared so, by String or by a field for [Config.Decode], it is as the variable has it, but
// for a JSON string, which is unquoted. Two underscores reach into a nested value: FLASK_DB__HOST sets HOST in DB and leaves the rest of DB. Variables are taken in sorted order.
//
// For a key that is declared [Secret], as SECRET_KEY is, FLASK_SECRET_KEY_FILE may name a file instead. Its
// bytes are taken as they are, a line break at the end included, of which Build warns.
//
// If any value is wrong, or two variables contradict each other, nothing is taken and the error names them.
func (c *Config) FromPrefixedEnv(opts ...LoadOption) error {
	o, err := loadWith("FromPrefixedEnv", opts)
	if err != nil {
		return err
	}
	return prefixed(c.store.FromEnv(o.env, os.Environ()))
}

// FromDotenv takes variables from a file such as .env by the rules of [Config.FromPrefixedEnv], as if the environment
// had them. A variable that the real environment has too is taken from there; the environment itself is not changed.
// The name is relative to the App's root, or to its instance folder with [InstanceRelativeConfig].
//
// A line is NAME=value, with export before it or not, empty, or a comment that begins with #. A value without
// quotes ends at a # after a space. In single quotes only \' and \\ are special; double quotes know \n, \t
// and their like; both may go over several lines. Outside single quotes ${NAME} is the value of another
// variable, from the environment or from a line above, and ${NAME:-text} is text when it is not set. A line
// that is none of this, and a name set twice, is an error that names the line, and nothing is taken.
func (c *Config) FromDotenv(name string, opts ...LoadOption) error {
	o, err := loadWith("FromDotenv", opts)
	if err != nil {
		return err
	}
	return prefixed(c.store.FromDotenv(o.env, name, o.optional))
}

// Decode fills the struct that dst points to: SecretKey from SECRET_KEY, as [Config.FromObject] names fields.
// A field without a value in the configuration takes the text of its tag default:"30s", or keeps what it has.
// One tagged config:",required" must have a value, and not an empty text. A struct inside, and the items of
// lists and mappings of structs, are filled the same way from mappings, whose keys may be in any case; a pointer
// to a struct stays nil without a value. Afterwards a struct that has the method Validate() error is asked.
//
// All problems are reported together, each with its key and source and never with the value, and dst is left
// as it was. Decode reads one state of the configuration.
func (c *Config) Decode(dst any) error { return prefixed(c.settings().snapshot.Decode(dst)) }

// NamespaceOption is an attribute of [Config.Namespace].
type NamespaceOption func(*namespaceOptions)

type namespaceOptions struct{ keepCase, keepPrefix bool }

// KeepCase leaves the keys of a namespace as they are instead of making them lower-case.
func KeepCase() NamespaceOption { return func(o *namespaceOptions) { o.keepCase = true } }

// KeepPrefix leaves the prefix of a namespace on its keys.
func KeepPrefix() NamespaceOption { return func(o *namespaceOptions) { o.keepPrefix = true } }

// Namespace returns the keys that begin with prefix, without it and in lower case: with MAIL_SERVER set,
// Namespace("MAIL_") has "server". Keys that are unset have a nil value. Flask calls it get_namespace.
func (c *Config) Namespace(prefix string, opts ...NamespaceOption) Map {
	var o namespaceOptions
	for _, opt := range opts {
		opt(&o)
	}
	space := Map{}
	for s := range c.All() {
		name, ok := strings.CutPrefix(s.Key, prefix)
		if !ok {
			continue
		}
		if o.keepPrefix {
			name = s.Key
		}
		if !o.keepCase {
			name = strings.ToLower(name)
		}
		space[name] = s.Value()
	}
	return space
}

// Setting is one key of a [Config], as [Config.All] yields it. However it is printed, logged or encoded, a
// secret value shows as [redacted].
type Setting struct {
	// Key is the name.
	Key string
	// Source tells where the value came from, as [Config.Source] does.
	Source string
	// Doc says what the key is for; "" for one that is neither built in nor declared.
	Doc string
	// Secret reports whether the value must not be shown: the key is declared so or named like a secret.
	Secret bool

	value *any // a pointer, so that no way of printing gets at it
}

// Value returns what the key is set to, or nil when it is unset.
func (s Setting) Value() any {
	if s.value == nil {
		return nil
	}
	return conf.Detached(*s.value)
}

// seen returns what the printouts are made of.
func (s Setting) seen() conf.Setting {
	return conf.Setting{Key: s.Key, Source: s.Source, Doc: s.Doc, Secret: s.Secret, Value: s.value}
}

// Text returns the value as the printouts show it, on one line: [redacted] for a secret, (unset) without a value.
func (s Setting) Text() string { return s.seen().Text() }

// String returns KEY=value (source), without a secret.
func (s Setting) String() string { return s.seen().String() }

// Format prints String for every verb.
func (s Setting) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns a group of key, value and source, without a secret.
func (s Setting) LogValue() slog.Value { return s.seen().LogValue() }

// MarshalJSON returns key, value and source, without a secret.
func (s Setting) MarshalJSON() ([]byte, error) { return s.seen().MarshalJSON() }

// All returns the keys in order, unset ones included. It yields one state of the configuration.
func (c *Config) All() iter.Seq[Setting] {
	var settings []Setting
	for _, s := range c.settings().snapshot.All() {
		settings = append(settings, Setting{Key: s.Key, Source: s.Source, Doc: s.Doc, Secret: s.Secret, value: s.Value})
	}
	return slices.Values(settings)
}

// WriteTable writes a table of all keys with their values and sources to w, secrets redacted.
func (c *Config) WriteTable(w io.Writer) error { return c.settings().snapshot.WriteTable(w) }

// snapshot returns the state of the moment; that of the zero Config is empty.
func (c *Config) snapshot() *conf.Snapshot {
	if s := c.settings(); s != nil {
		return s.snapshot
	}
	return &conf.Snapshot{}
}

// Format prints the keys with their values, secrets redacted, for every verb.
func (c *Config) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "Config"+c.snapshot().String())
}

// LogValue returns the keys with their values, secrets redacted.
func (c *Config) LogValue() slog.Value { return c.snapshot().LogValue() }

// MarshalJSON returns an object of the keys with their values, secrets redacted.
func (c *Config) MarshalJSON() ([]byte, error) { return c.snapshot().MarshalJSON() }
