package pyconfig_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/pyconfig"
)

func TestUnmarshalGivesGoTypes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, source string
		want         any
	}{
		{"the seed's flag", "X = True", true},
		{"none", "X = None", nil},
		{"an int", "X = 1", int64(1)},
		{"the largest int64", "X = 9223372036854775807", int64(math.MaxInt64)},
		{"the least int64", "X = -9223372036854775808", int64(math.MinInt64)},
		{"one more", "X = 9223372036854775808", json.Number("9223372036854775808")},
		{"one less", "X = -9223372036854775809", json.Number("-9223372036854775809")},
		{"a float", "X = 1.0", 1.0},
		{"infinity", "X = 1e999", math.Inf(1)},
		{"text", "X = 'é'", "é"},
		{"bytes", `X = b"\x00\xff"`, []byte{0, 0xff}},
		{"a list", "X = [1, 'a']", []any{int64(1), "a"}},
		{"an empty list", "X = []", []any{}},
		{"a tuple", "X = 1, 2", []any{int64(1), int64(2)}},
		{"a set", "X = {1}", []any{int64(1)}},
		{"a range", "X = range(2)", []any{int64(0), int64(1)}},
		{"a generator", "X = (i for i in [1])", []any{int64(1)}},
		{"a dict", "X = {'a': {'b': None}}", map[string]any{"a": map[string]any{"b": nil}}},
		{"an empty dict", "X = {}", map[string]any{}},
		{"keys of a dict", "X = {1: 1, 2.5: 2, None: 3, True: 4}", map[string]any{"1": int64(4), "2.5": int64(2), "null": int64(3)}},
		{"a bool as key", "X = {False: 1}", map[string]any{"false": int64(1)}},
		{"a timedelta", "from datetime import timedelta\nX = timedelta(days=31)", 31 * 24 * time.Hour},
		{"a short timedelta", "from datetime import timedelta\nX = timedelta(microseconds=-1)", -time.Microsecond},
		{"a path", "from pathlib import Path\nX = Path('/a') / 'b'", "/a/b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			values := map[string]any{}
			if err := pyconfig.Unmarshal([]byte(tt.source), &values); err != nil {
				t.Fatal(err)
			}
			if got, found := values["X"]; !found || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

// TestLoadDotenvIsNoError holds for a file that Flask shares: the Go program has loaded the .env file before.
func TestLoadDotenvIsNoError(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"from dotenv import load_dotenv\nload_dotenv()\n",
		"import os\nfrom dotenv import load_dotenv, find_dotenv\nload_dotenv(find_dotenv(), override=True)\n",
		"import dotenv, os\nbasedir = os.path.abspath(os.path.dirname(__file__))\ndotenv.load_dotenv(os.path.join(basedir, '.env'))\n",
		"from dotenv import load_dotenv as load\nif load('.flaskenv'):\n    Y = 1\n",
	} {
		source += "import os\nX = os.environ.get('SECRET_KEY')\n"
		values := map[string]any{}
		reader := pyconfig.Reader{LookupEnv: func(name string) (string, bool) { return "value of " + name, true }}
		if err := reader.Unmarshal([]byte(source), &values); err != nil || values["X"] != "value of SECRET_KEY" {
			t.Errorf("%s: got %v, %v", source, values["X"], err)
		}
	}
}

func TestUnmarshalLeavesCodeOut(t *testing.T) {
	t.Parallel()
	const source = `
import os
from os import environ, path
from datetime import timedelta, datetime
from pathlib import Path
from typing import Optional
DEBUG = True
secret_key = "ignored"
class Config: A = 1
def function(): pass
FUNCTION = function
LAMBDA = lambda: 1
CLASS = Config
OBJECT = Config()
BUILTIN = len
HANDLERS = [1, [function]]
TABLE = {"a": {"default": Config}}
KEYS = {Config: 1, Config: 2}
inner = {(1, 2): "no text for this key"}
`
	values := map[string]any{}
	if err := pyconfig.Unmarshal([]byte(source), &values); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"DEBUG": true, "secret_key": "ignored"}
	if !reflect.DeepEqual(values, want) {
		t.Errorf("got %v, want %v", values, want)
	}
}

// document is a map type of the kind that FromFile passes.
type document map[string]any

func TestUnmarshalTakesAnyMap(t *testing.T) {
	t.Parallel()
	source := []byte("A = None\nF = __file__\n")
	t.Run("a map type that knows its file", func(t *testing.T) {
		t.Parallel()
		d := document{"__file__": "/srv/shop/config.py", "OLD": 1}
		if err := pyconfig.Unmarshal(source, &d); err != nil {
			t.Fatal(err)
		}
		want := document{"__file__": "/srv/shop/config.py", "OLD": 1, "A": nil, "F": "/srv/shop/config.py"}
		if !reflect.DeepEqual(d, want) {
			t.Errorf("got %v, want %v", d, want)
		}
	})
	t.Run("a nil map", func(t *testing.T) {
		t.Parallel()
		var m map[string]any
		if err := pyconfig.Unmarshal(source, &m); err != nil {
			t.Fatal(err)
		}
		if want := (map[string]any{"A": nil, "F": "config.py"}); !reflect.DeepEqual(m, want) {
			t.Errorf("got %v, want %v", m, want)
		}
	})
	for name, v := range map[string]any{
		"a map": map[string]any{}, "a struct": &struct{}{}, "nil": nil, "a nil pointer": (*map[string]any)(nil),
		"a map of text": &map[string]string{}, "a map by number": &map[int]any{},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := pyconfig.Unmarshal(source, v)
			if err == nil || !strings.Contains(err.Error(), "pass a pointer to a map[string]any") {
				t.Errorf("got the error %v, want one that says what to pass", err)
			}
		})
	}
}

func TestAnErrorLeavesTheMapAlone(t *testing.T) {
	t.Parallel()
	values := map[string]any{"A": "old"}
	err := pyconfig.Unmarshal([]byte("A = 1\nB = 2\nC = 1 / 0\n"), &values)
	if want := "config.py:3: division by zero"; err == nil || err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
	if want := map[string]any{"A": "old"}; !reflect.DeepEqual(values, want) {
		t.Errorf("got %v, want %v", values, want)
	}
}

func TestClassTakesItsAttributes(t *testing.T) {
	t.Parallel()
	const source = `
DEBUG = "of the module"
class Base:
    DEBUG = False
    NAME = "base"
    def init_app(app): pass
    class Cache:
        TYPE = "simple"
class Mixin(object):
    NAME = "mixin"
class Production(Mixin, Base):
    PORT = 80
Alias = Production
config = {"default": Production}
`
	for _, tt := range []struct {
		class string
		want  map[string]any
	}{
		{"Base", map[string]any{"DEBUG": false, "NAME": "base"}},
		{"Production", map[string]any{"DEBUG": false, "NAME": "mixin", "PORT": int64(80)}},
		{"Alias", map[string]any{"DEBUG": false, "NAME": "mixin", "PORT": int64(80)}},
		{"Base.Cache", map[string]any{"TYPE": "simple"}},
		{"Production.Cache", map[string]any{"TYPE": "simple"}},
	} {
		t.Run(tt.class, func(t *testing.T) {
			t.Parallel()
			values := map[string]any{}
			if err := pyconfig.Class(tt.class)([]byte(source), &values); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(values, tt.want) {
				t.Errorf("got %v, want %v", values, tt.want)
			}
		})
	}
	for _, class := range []string{"Prod", "DEBUG", "config", "Base.NAME", "Base.", ".Base"} {
		t.Run("no class "+class, func(t *testing.T) {
			t.Parallel()
			err := pyconfig.Class(class)([]byte(source), &map[string]any{})
			want := `config.py: there is no class "` + class + `"; the file has Alias, Base, Mixin, Production`
			if err == nil || err.Error() != want {
				t.Errorf("got the error %v, want %s", err, want)
			}
		})
	}
}

func TestReaderLooksUpVariables(t *testing.T) {
	t.Parallel()
	r := pyconfig.Reader{LookupEnv: func(name string) (string, bool) { return "value of " + name, name == "KEY" }}
	values := map[string]any{}
	if err := r.Unmarshal([]byte("import os\nA = os.environ['KEY']\nB = os.getenv('OTHER')\n"), &values); err != nil {
		t.Fatal(err)
	}
	if want := map[string]any{"A": "value of KEY", "B": nil}; !reflect.DeepEqual(values, want) {
		t.Errorf("got %v, want %v", values, want)
	}
}

func TestUnmarshalReadsTheEnvironment(t *testing.T) {
	t.Setenv("PYCONFIG_TEST", "set")
	values := map[string]any{}
	if err := pyconfig.Unmarshal([]byte("import os\nA = os.environ.get('PYCONFIG_TEST')\n"), &values); err != nil {
		t.Fatal(err)
	}
	if got, want := values["A"], "set"; got != want {
		t.Errorf("got %v, want %q", got, want)
	}
}

func TestUnmarshalMayRunSeveralTimesAtOnce(t *testing.T) {
	t.Parallel()
	source := []byte("class A:\n    X = [i for i in range(50)]\nB = A.X\nB.append(1)\n")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			values := map[string]any{}
			if err := pyconfig.Unmarshal(source, &values); err != nil {
				t.Error(err)
			}
			if got, want := len(values["B"].([]any)), 51; got != want {
				t.Errorf("got %d elements, want %d", got, want)
			}
		})
	}
	all.Wait()
}

func TestEncodingsAndLineEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"a byte order mark", "\ufeffA = 'é'\n", "é"},
		{"line ends of Windows", "if 1:\r\n    A = '''a\r\nb'''\r\n", "a\nb"},
		{"line ends of the old Mac", "A = 'a'\rB = 2\r", "a"},
		{"no line end at the end", "A = 'a'", "a"},
		{"a form feed", "\fA = 'a'\n", "a"},
		{"a comment at the end", "A = 'a'\n# end", "a"},
		{"a comment on the coding", "# -*- coding: utf-8 -*-\nA = 'é'\n", "é"},
		{"another coding for ASCII", "# vim: set fileencoding=latin-1 :\nA = 'a'\n", "a"},
		{"a comment that is no declaration", "# encoding matters\nA = 'é'\n", "é"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			values := map[string]any{}
			if err := pyconfig.Unmarshal([]byte(tt.source), &values); err != nil {
				t.Fatal(err)
			}
			if got := values["A"]; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnEmptyFileIsNoError(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "\n\n", "# nothing\n", "'''only a docstring'''\n", "   \n\t\n"} {
		values := map[string]any{}
		if err := pyconfig.Unmarshal([]byte(source), &values); err != nil || len(values) > 0 {
			t.Errorf("%q: got %v and the error %v, want nothing", source, values, err)
		}
	}
}

// TestAMemberOfAnEnumerationIsItsValue reads members as plain data.
func TestAMemberOfAnEnumerationIsItsValue(t *testing.T) {
	t.Parallel()
	values := map[string]any{}
	source := "from enum import Enum\nclass Kind(str, Enum):\n    A = 'a'\nclass Size(Enum):\n    BIG = 2\nKIND = Kind.A\nSIZES = [Size.BIG]\n"
	if err := pyconfig.Unmarshal([]byte(source), &values); err != nil {
		t.Fatal(err)
	}
	if want := map[string]any{"KIND": "a", "SIZES": []any{int64(2)}}; !reflect.DeepEqual(values, want) {
		t.Errorf("got %v, want %v", values, want)
	}
}
