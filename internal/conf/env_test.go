package conf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var errModelCollision = errors.New("collision")

// flaskEnv is what Flask's from_prefixed_env makes of an environment, written down anew from its rules.
func flaskEnv(prefix string, environ map[string]string) (map[string]any, error) {
	config := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		if !strings.HasPrefix(name, prefix+"_") {
			continue
		}
		keys := strings.Split(name[len(prefix)+1:], "__")
		current := config
		for _, key := range keys[:len(keys)-1] {
			if _, there := current[key]; !there {
				current[key] = map[string]any{}
			}
			below, isMap := current[key].(map[string]any)
			if !isMap {
				return nil, errModelCollision
			}
			current = below
		}
		current[keys[len(keys)-1]] = flaskValue(environ[name])
	}
	return config, nil
}

func flaskValue(text string) any {
	var raw any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if !json.Valid([]byte(text)) || decoder.Decode(&raw) != nil {
		return text
	}
	return pythonNumbers(raw)
}

// pythonNumbers gives numbers the type they have in Python, where integers have no end.
func pythonNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			if f, err := strconv.ParseFloat(string(v), 64); err == nil {
				return f
			}
		}
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
	case []any:
		for i := range v {
			v[i] = pythonNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = pythonNumbers(v[key])
		}
	}
	return v
}

// randomEnv returns an environment whose names often meet and whose values are often JSON.
func randomEnv(r *rand.Rand) map[string]string {
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	environ := map[string]string{}
	for range 1 + r.IntN(8) {
		name := pick([]string{"FLASK_", "FLASK_", "FLASK_", "FLASK", "flask_", "OTHER_"})
		for range 1 + r.IntN(4) {
			name += pick([]string{"A", "B", "AB", "a", "b", "A0", "_", "__", "__", "___", "", "É", "x-y", "key"})
		}
		environ[name] = randomText(r, pick, 3)
	}
	return environ
}

func randomText(r *rand.Rand, pick func([]string) string, depth int) string {
	switch r.IntN(9) {
	case 0:
		return pick([]string{"", " ", "True", "yes", "0123", "007", "1_000", "0x1", "+1", ".5", "1.", "-", "{", "[1,]", "{'a': 1}", "a,b", "nul", "\"open", "1 2", "{} x", "é", "\\", "'"})
	case 1:
		return pick([]string{"true", "false", "null", " true ", "\tnull\n"})
	case 2:
		return strconv.Itoa(r.IntN(2000) - 1000)
	case 3:
		return pick([]string{"-0", "1.0", "1e3", "-0.0", "1E-7", "12345678901234567890123", "9223372036854775807", "-9223372036854775808", "9223372036854775808", " 5 ", "0.1", "1.7976931348623157e308"})
	case 4:
		return strconv.Quote(pick([]string{"quoted", "", "é", "5", "null", "[1]", "a b"}))
	case 5, 6:
		if depth == 0 {
			return "[]"
		}
		return fmt.Sprintf("{%q: %s, %q: %s}", pick([]string{"A", "a", "b", ""}), randomText(r, pick, depth-1), pick([]string{"B", "x"}), randomText(r, pick, depth-1))
	case 7:
		if depth == 0 {
			return "{}"
		}
		return fmt.Sprintf("[%s, %s]", randomText(r, pick, depth-1), randomText(r, pick, depth-1))
	}
	text := make([]rune, r.IntN(6))
	for i := range text {
		text[i] = rune(' ' + r.IntN(95))
	}
	return string(text)
}

var flask = Env{Prefix: "FLASK", Decode: DecodeJSON}

// withoutKeys returns a store without the built-in keys, which have types.
func withoutKeys() *Store {
	c := &Store{publish: func(*Snapshot) {}, notes: &notes{}}
	c.become(map[string]*entry{})
	return c
}

// loadEnv runs the loader on c as it was at base and returns what it added.
func loadEnv(c *Store, base *Snapshot, environ map[string]string) (map[string]any, error) {
	c.current = base
	var pairs []string
	for name, text := range environ {
		pairs = append(pairs, name+"="+text)
	}
	if err := c.FromEnv(flask, pairs); err != nil {
		return nil, err
	}
	added := map[string]any{}
	for key, e := range c.current.entries {
		if _, there := base.entries[key]; !there {
			added[key] = e.value
		}
	}
	return added, nil
}

func TestRandomEnvironmentsLoadAsInFlask(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	c := withoutKeys()
	base := c.current
	rounds, collisions := 5_000, 0
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		rounds = 100_000
	}
	for i := range rounds {
		environ := randomEnv(r)
		want, wantErr := flaskEnv("FLASK", environ)
		got, err := loadEnv(c, base, environ)
		if wantErr != nil {
			collisions++
			if err == nil || c.current != base {
				t.Fatalf("environment %d of seed %d: %q\ngot error %v, want one and nothing changed", i, seed, environ, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("environment %d of seed %d: %q\ngot  %#v, error %v\nwant %#v", i, seed, environ, got, err, want)
		}
	}
	if collisions == 0 || collisions > rounds/2 {
		t.Errorf("%d of the environments collide, which makes a poor test", collisions)
	}
}

// TestRandomEnvironmentsLoadAsInTheRealFlask asks Flask itself, where there is one.
func TestRandomEnvironmentsLoadAsInTheRealFlask(t *testing.T) {
	t.Parallel()
	python := flaskPython(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	environs := make([]map[string]string, 3000)
	for i := range environs {
		environs[i] = randomEnv(r)
	}
	input, err := json.Marshal(environs)
	if err != nil {
		t.Fatal(err)
	}
	script := exec.CommandContext(t.Context(), python, "testdata/flask_env.py")
	script.Stdin, script.Stderr = bytes.NewReader(input), os.Stderr
	output, err := script.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []any
	if err := json.Unmarshal(output, &want); err != nil || len(want) != len(environs) {
		t.Fatalf("got %d results, error %v", len(want), err)
	}
	c := withoutKeys()
	base := c.current
	for i, environ := range environs {
		got, err := loadEnv(c, base, environ)
		if want[i] == nil {
			if err == nil {
				t.Errorf("%q: got no error where Flask raises one", environ)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(taggedNumbers(got), want[i]) {
			t.Errorf("%q:\ngot  %#v, error %v\nwant %#v", environ, got, err, want[i])
		}
	}
}

// flaskPython returns a Python that can import flask: the one that DEWAR_PYTHON names, or else one of the system's.
// Without one the test is skipped, which make test tells as well, and fails in CI.
func flaskPython(t *testing.T) string {
	t.Helper()
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if exec.Command(name, "-c", "import flask").Run() == nil {
			return name
		}
	}
	const missing = "NOTHING WAS COMPARED WITH FLASK: no Python here can import it; install the package python3-flask, or name a Python in DEWAR_PYTHON"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// taggedNumbers is what the script makes of a value.
func taggedNumbers(v any) any {
	switch v := v.(type) {
	case int64:
		return map[string]any{"int": strconv.FormatInt(v, 10)}
	case json.Number:
		return map[string]any{"int": string(v)}
	case float64:
		return map[string]any{"float": fmt.Sprintf("%016x", math.Float64bits(v))}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = taggedNumbers(v[i])
		}
		return list
	case map[string]any:
		m := map[string]any{}
		for key := range v {
			m[key] = taggedNumbers(v[key])
		}
		return map[string]any{"map": m}
	}
	return v
}

func FuzzFromEnv(f *testing.F) {
	f.Add("FLASK_A", "1", "FLASK_A__b", "2")
	f.Add("FLASK_A__b", `{"c": 1}`, "FLASK_A__b__c__d", "x")
	f.Add("FLASK_SECRET_KEY", "007", "FLASK_SECRET_KEY__x", "1")
	f.Add("FLASK_", "[1e400]", "FLASK___", "null")
	f.Add("FLASK_DEBUG", "on", "FLASK_TRUSTED_HOSTS", `["a", 5]`)
	f.Add("FLASK_PERMANENT_SESSION_LIFETIME", "1e300", "FLASK_MAX_CONTENT_LENGTH", "-1")
	f.Fuzz(func(t *testing.T, name1, text1, name2, text2 string) {
		if strings.HasSuffix(name1, fileSuffix) || strings.HasSuffix(name2, fileSuffix) {
			return // no file is opened by chance
		}
		c := New("", func(*Snapshot) {})
		before := c.current
		environ := map[string]string{name1: text1, name2: text2}
		err := c.FromEnv(flask, []string{name1 + "=" + text1, name2 + "=" + text2})
		if err != nil && c.current != before {
			t.Errorf("%q: error %v, but something was loaded", environ, err)
		}
		if strings.ContainsAny(name1+name2, "=") || declaredIn(c, environ) {
			return
		}
		want, wantErr := flaskEnv("FLASK", environ)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: got error %v, want %v", environ, err, wantErr)
		}
		got := maps.Clone(c.current.entries)
		maps.DeleteFunc(got, func(_ string, e *entry) bool { return e.spec != nil })
		for key, e := range got {
			if !reflect.DeepEqual(e.value, want[key]) {
				t.Errorf("%q: got %s %#v, want %#v", environ, key, e.value, want[key])
			}
		}
		if err == nil && len(got) != len(want) {
			t.Errorf("%q: got %d keys, want %d", environ, len(got), len(want))
		}
	})
}

// declaredIn reports whether environ has a key with a type, where Flask has none, or text in which decoding would
// change something.
func declaredIn(c *Store, environ map[string]string) bool {
	for name, text := range environ {
		key, _, _ := strings.Cut(strings.TrimPrefix(name, "FLASK_"), "__")
		if c.current.entry(key).spec != nil || strings.ToValidUTF8(text, "") != text {
			return true
		}
	}
	return false
}
