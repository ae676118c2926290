package pyconfig_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/pyconfig"
)

// folder writes files below a new folder and returns its path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "shop")
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// project is what the folder of the tests holds.
func project(t *testing.T) string {
	return folder(t, map[string]string{
		"constants.py":         "LIMIT = 20\n_hidden = 1\nnames = ['a']\n",
		"settings/__init__.py": "KIND = 'package'\n",
		"settings/base.py":     "import constants\nfrom settings import KIND\nBASE = constants.LIMIT + 1\nclass Config:\n    PORT = 80\n",
		"listed.py":            "__all__ = ['A']\nA = 1\nB = 2\n",
		"broken.py":            "X = 1\nY = 1 / 0\n",
		"local.py":             "OVERRIDE = True\n",
		"data.json":            `{"a": [1, 2]}`,
		"version.txt":          "1.2.3\r\nsecond\n",
		"key.bin":              "\x00\xff",
		"latin.txt":            "caf\xe9",
		"large.txt":            strings.Repeat("x", 1<<20+1),
	})
}

// TestModulesAndFilesAgreeWithPython imports the modules of the project and reads its files, as Python does.
func TestModulesAndFilesAgreeWithPython(t *testing.T) {
	t.Parallel()
	dir := project(t)
	var jobs []job
	for _, source := range []string{
		"from constants import LIMIT, names\nA = LIMIT * 2\n",
		"import constants as c\nA = c.LIMIT\nB = c.names + ['b']\n",
		"from constants import *\nA = LIMIT\n",
		"from listed import *\nC = A\n",
		"from listed import *\nC = B\n",
		"from settings.base import BASE, Config\nclass Prod(Config):\n    PORT = 8080\nA = Prod.PORT\n",
		"import settings.base\nA = settings.base.BASE\n",
		"from settings import base, KIND\nA = base.Config.PORT\n",
		"from constants import nope\n",
		"from broken import X\n",
		"try:\n    from broken import X\nexcept ZeroDivisionError:\n    A = 'broken'\n",
		"try:\n    from local import *\nexcept ImportError:\n    pass\n",
		"try:\n    from missing_one import *\nexcept ImportError:\n    A = 1\n",
		"try:\n    from missing_one import SECRET\nexcept ImportError:\n    SECRET = 'dev'\n",
		"import os, json\nbase = os.path.dirname(__file__)\nwith open(os.path.join(base, 'data.json')) as f:\n    A = json.load(f)\n",
		"import os\nbase = os.path.dirname(__file__)\nwith open(base + '/version.txt') as f:\n    A = f.read().strip()\nwith open(base + '/version.txt') as f:\n    B = [line for line in f]\nwith open(base + '/version.txt') as f:\n    C = f.readline()\n    D = f.readlines()\n",
		"from pathlib import Path\nbase = Path(__file__).parent\nA = (base / 'version.txt').read_text()\nB = (base / 'key.bin').read_bytes()\nC = (base / 'nope').exists()\nD = (base / 'settings').is_dir()\nE = (base / 'data.json').is_file()\n",
		"import os\nbase = os.path.abspath(os.path.dirname(__file__))\nA = os.path.exists(os.path.join(base, 'data.json'))\nB = os.path.isfile(os.path.join(base, 'settings'))\nC = os.path.isdir(os.path.join(base, 'data.json', 'x'))\n",
		"import os\nA = open(os.path.join(os.path.dirname(__file__), 'nope.txt')).read()\n",
		"import os\ntry:\n    A = open(os.path.join(os.path.dirname(__file__), 'nope.txt')).read()\nexcept (IOError, OSError):\n    A = 'none'\n",
		"import os\ntry:\n    A = open(os.path.dirname(__file__)).read()\nexcept IsADirectoryError:\n    A = 'folder'\n",
		"import os\nA = open(os.path.join(os.path.dirname(__file__), 'latin.txt'), encoding='utf-8').read()\n",
		"import os\nf = open(os.path.join(os.path.dirname(__file__), 'data.json'))\nf.close()\nA = f.read()\n",
		"A = open('/dev/null').read()\n",
	} {
		jobs = append(jobs, job{File: filepath.Join(dir, "config.py"), Source: source, Files: true})
	}
	compare(t, jobs)
}

// TestTheFolderIsAll has what Python would do and this package never does.
func TestTheFolderIsAll(t *testing.T) {
	t.Parallel()
	dir := project(t)
	outside := filepath.Join(filepath.Dir(dir), "outside.txt")
	if err := os.WriteFile(outside, []byte("hunter2canary"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "above.py"), []byte("A = 'hunter2canary'"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.txt")); err != nil {
		t.Skip("no symbolic links here")
	}
	if err := os.Symlink(filepath.Dir(dir), filepath.Join(dir, "up")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, source, want string }{
		{"an absolute path", "A = open('/etc/passwd').read()", "open() looks outside the folder of the configuration"},
		{"a parent", "A = open(__file__ + '/../../outside.txt').read()", "open() looks outside the folder of the configuration"},
		{"a link", "import os\nA = open(os.path.join(os.path.dirname(__file__), 'link.txt')).read()", "the file cannot be read; check that it is inside the folder"},
		{"a link to a folder", "import os\nA = open(os.path.join(os.path.dirname(__file__), 'up/outside.txt')).read()", "the file cannot be read; check that it is inside the folder"},
		{"existence outside", "import os\nA = os.path.exists('/etc/passwd')", "os.path.exists looks outside the folder"},
		{"existence by a link", "import os\nA = os.path.exists(os.path.join(os.path.dirname(__file__), 'up/nope'))", "os.path.exists cannot look at the file"},
		{"caught", "try:\n    A = open('/etc/passwd').read()\nexcept Exception:\n    A = 1", "open() looks outside the folder of the configuration"},
		{"a large file", "import os\nA = open(os.path.join(os.path.dirname(__file__), 'large.txt')).read()", "a file is larger than 1 MiB; read it in Go"},
		{"a relative import above", "from ..above import A", "a relative import is not available outside the folder"},
		{"a module by a link", "from up.above import A\nB = A + 'x'", "the file cannot be read; check that it is inside the folder"},
		{"a star from a module by a link", "from up.above import *", "the file cannot be read; check that it is inside the folder"},
		{"an error in a module", "import broken", "broken.py:2: division by zero"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := job{File: filepath.Join(dir, "config.py"), Source: tt.source + "\n", Files: true}.read()
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("got the error %v, want %q in it", err, tt.want)
			}
		})
	}
}

// TestRelativeImportsStartAtTheModule follows dots, also by the name of the folder.
func TestRelativeImportsStartAtTheModule(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"constants.py": "LIMIT = 20\n", "deep/__init__.py": "", "deep/a.py": "from .b import B\nfrom ..constants import LIMIT\nA = B + LIMIT\n",
		"deep/b.py": "B = 1\n",
	})
	for source, want := range map[string]int64{
		"from .constants import LIMIT as X\n":                             20,
		"from . import constants\nX = constants.LIMIT\n":                  20,
		"from .deep.a import A as X\n":                                    21,
		"from shop.constants import LIMIT as X\n":                         20,
		"from .deep import b\nX = b.B\n":                                  1,
		"try:\n    from .nope import X\nexcept ImportError:\n    X = 5\n": 5,
	} {
		values, err := job{File: filepath.Join(dir, "config.py"), Source: source}.read()
		if err != nil || values["X"] != want {
			t.Errorf("%s: got %v and the error %v, want %d", source, values["X"], err, want)
		}
	}
}

// TestLoadDotenvFillsTheLoadersEnvironmentOnly reads the file .env of the folder.
func TestLoadDotenvFillsTheLoadersEnvironmentOnly(t *testing.T) {
	dir := folder(t, map[string]string{
		".env": "# comment\nPYC_A=1\nexport PYC_B = two words # comment\nPYC_C='single $PYC_A ${PYC_A}'\nPYC_D=\"line\\nx ${PYC_A}\"\n" +
			"PYC_E=${PYC_NONE:-fallback}/${PYC_A}\nPYC_SET=file\nPYC_EMPTY=\nPYC_BARE\nPYC_F=\"two\nlines\"\nPYC_G=a#b\n",
		"sub/other.env": "PYC_A=other\n",
	})
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), ".env"), []byte("PYC_A=above\nPYC_UP=1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PYC_SET", "process")
	read := func(file, source string) (map[string]any, []string, error) {
		values := map[string]any{"__file__": file}
		var warnings []string
		r := pyconfig.Reader{Warn: func(text string) { warnings = append(warnings, text) }}
		err := r.Unmarshal([]byte("import os\nfrom dotenv import load_dotenv, find_dotenv, dotenv_values\n"+source), &values)
		return values, warnings, err
	}
	const all = "X = [os.environ.get(n) for n in ['PYC_A', 'PYC_B', 'PYC_C', 'PYC_D', 'PYC_E', 'PYC_SET', 'PYC_EMPTY', 'PYC_BARE', 'PYC_F', 'PYC_G', 'PYC_UP']]\n"
	values, _, err := read(filepath.Join(dir, "config.py"), "load_dotenv()\n"+all)
	want := []any{"1", "two words", "single $PYC_A ${PYC_A}", "line\nx 1", "fallback/1", "process", "", nil, "two\nlines", "a#b", nil}
	if err != nil || !reflect.DeepEqual(values["X"], want) {
		t.Errorf("got %q, %v, want %q", values["X"], err, want)
	}
	if _, set := os.LookupEnv("PYC_A"); set {
		t.Error("load_dotenv changed the environment of the process")
	}
	for _, tt := range []struct {
		source string
		want   any
	}{
		{"load_dotenv(override=True)\nX = os.environ['PYC_SET']\n", "file"},
		{"load_dotenv(os.path.join(os.path.dirname(__file__), 'sub', 'other.env'))\nX = os.environ['PYC_A']\n", "other"},
		{"load_dotenv(os.path.join(os.path.dirname(__file__), 'nope.env'))\nX = os.environ.get('PYC_A')\n", nil},
		{"X = os.path.basename(find_dotenv())\n", ".env"},
		{"X = find_dotenv('sub/nope')\n", ""},
		{"X = dotenv_values(os.path.join(os.path.dirname(__file__), 'sub/other.env'))\n", map[string]any{"PYC_A": "other"}},
	} {
		if values, _, err := read(filepath.Join(dir, "config.py"), tt.source); err != nil || !reflect.DeepEqual(values["X"], tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.source, values["X"], err, tt.want)
		}
	}
	values, _, err = read(filepath.Join(dir, "sub", "config.py"), "load_dotenv()\nload_dotenv(find_dotenv())\nX = os.environ.get('PYC_A')\n")
	if err != nil || values["X"] != nil {
		t.Errorf("above the folder: got %v, %v, want nothing", values["X"], err)
	}
	_, warnings, err := read(filepath.Join(dir, "config.py"), "load_dotenv(os.path.join(os.path.dirname(__file__), '..', '.env'))\nX = os.environ.get('PYC_A')\n")
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "dewar.LoadDotenv") {
		t.Errorf("outside the folder: got the warnings %q, %v, want one that names dewar.LoadDotenv", warnings, err)
	}
}

// TestASecretOfChanceIsAWarning names the key, and no value.
func TestASecretOfChanceIsAWarning(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source string
		want   bool
	}{
		{"import os\nSECRET_KEY = os.urandom(24)\n", true},
		{"import secrets\nSECRET_KEY = secrets.token_hex(16)\n", true},
		{"import uuid\nSECRET_KEY = uuid.uuid4().hex\n", true},
		{"import os, base64\nkey = os.urandom(8)\nSECRET_KEY = base64.b64encode(key).decode()\n", true},
		{"import os\ndef make():\n    k = os.urandom(8)\n    return k.hex()\nAPI_TOKEN = make()\n", true},
		{"import os\nSECRET_KEY = os.environ.get('NOPE') or os.urandom(24)\n", true},
		{"import os\nSECRET_KEY = os.environ.get('KEY') or os.urandom(24)\n", false},
		{"import os\nSECRET_KEY = os.environ.get('KEY', os.urandom(24))\n", false},
		{"import uuid\nINSTANCE_ID = uuid.uuid4().hex\nSECRET_KEY = 'fixed'\n", false},
		{"import uuid\nSECRET_KEY = str(uuid.uuid5(uuid.NAMESPACE_DNS, 'a'))\n", false},
		{"import os\nSALT = os.urandom(2)\nSALT = b'fixed'\n", false},
		{"import os\nglobals()['SECRET_KEY'] = os.urandom(8)\n", true},
		{"import os\nglobals().update(SECRET_KEY=os.urandom(8).hex())\n", true},
		{"import os\nclass C: pass\nC.SECRET_KEY = os.urandom(8)\nSECRET_KEY = C.SECRET_KEY\n", true},
		{"import secrets\nclass C:\n    def __init__(self): self.key = secrets.token_hex()\nSECRET_KEY = C().key\n", true},
		{"import secrets\nclass K(str): pass\nSECRET_KEY = K(secrets.token_hex())\n", true},
		{"from pydantic import Field\nfrom pydantic_settings import BaseSettings\nimport secrets\nclass S(BaseSettings):\n" +
			"    key_of_all: str = Field(default_factory=secrets.token_hex)\nSECRET_KEY = S().key_of_all\n", true},
	} {
		var warnings []string
		r := pyconfig.Reader{Warn: func(text string) { warnings = append(warnings, text) },
			LookupEnv: func(name string) (string, bool) { return "from the environment", name == "KEY" }}
		values := map[string]any{}
		if err := r.Unmarshal([]byte(tt.source), &values); err != nil {
			t.Errorf("%s: %v", tt.source, err)
		}
		if got := len(warnings) == 1 && strings.Contains(warnings[0], " is new at every start"); got != tt.want || len(warnings) > 1 {
			t.Errorf("%s: got the warnings %q, want one: %v", tt.source, warnings, tt.want)
		}
	}
}

// TestPackagesArePlainData has what configurations use of packages outside Python's own library.
func TestPackagesArePlainData(t *testing.T) {
	t.Parallel()
	env := map[string]string{"PORT": "80", "DEBUG": "yes", "HOSTS": "a,b", "NUMBERS": "1,2", "JSON": `{"a":1}`, "OPTIONS": "a=1,b=2", "EMPTY": "", "BAD": "x", "TTL": "90"}
	for _, tt := range []struct {
		source string
		want   any // nil for an error
	}{
		{"from kombu import Queue, Exchange\nX = [Queue('mail', Exchange('mail', type='topic'), routing_key='mail.#', durable=False)]\n",
			[]any{map[string]any{"name": "mail", "exchange": map[string]any{"name": "mail", "type": "topic"}, "routing_key": "mail.#", "durable": false}}},
		{"import kombu\nX = kombu.Queue('low')\n", map[string]any{"name": "low", "routing_key": ""}},
		{"from kombu import Exchange\nX = Exchange('e').type\n", "direct"},
		{"from celery.schedules import crontab\nX = {'job': {'task': 'a.b', 'schedule': crontab(minute=0, hour='*/3')}}\n",
			map[string]any{"job": map[string]any{"task": "a.b", "schedule": map[string]any{"minute": int64(0), "hour": "*/3", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}}}},
		{"import celery.schedules\nX = celery.schedules.crontab().hour\n", "*"},
		{"import redis\nX = redis.from_url('redis://h:1/2')\n", map[string]any{"url": "redis://h:1/2"}},
		{"from redis import Redis\nX = [Redis(host='h', password='p'), Redis.from_url('redis://x')]\n",
			[]any{map[string]any{"host": "h", "port": int64(6379), "db": int64(0), "password": "p"}, map[string]any{"url": "redis://x"}}},
		{"import redis\nX = redis.from_url(None)\n", nil},
		{"from environs import Env\nenv = Env()\nenv.read_env()\nX = [env('PORT'), env.int('PORT'), env.bool('DEBUG'), env.list('HOSTS'), env.list('NUMBERS', subcast=int), env.json('JSON'), env.dict('OPTIONS')]\n",
			[]any{"80", int64(80), true, []any{"a", "b"}, []any{int64(1), int64(2)}, map[string]any{"a": int64(1)}, map[string]any{"a": "1", "b": "2"}}},
		{"from environs import Env\nenv = Env()\nX = [env.str('NOPE', default='d'), env.int('NOPE', 5), env.bool('NOPE', False), env.list('EMPTY', []), env.int('NOPE', '7'), env.str('NOPE', None)]\n",
			[]any{"d", int64(5), false, []any{}, int64(7), nil}},
		{"from environs import Env\nX = Env().int('BAD')\n", nil},
		{"from environs import Env\nX = Env().str('NOPE')\n", nil},
		{"from environs import Env, EnvError\ntry:\n    X = Env().str('NOPE')\nexcept EnvError:\n    X = 1\n", int64(1)},
		{"from decouple import config, Csv\nX = [config('PORT', cast=int), config('DEBUG', default=False, cast=bool), config('HOSTS', cast=Csv()), config('NOPE', default=None), config('NOPE', default='0', cast=bool)]\n",
			[]any{int64(80), true, []any{"a", "b"}, nil, false}},
		{"from decouple import config\nX = config('NOPE')\n", nil},
		{"from distutils.util import strtobool\nX = [strtobool('yes'), strtobool('OFF'), bool(strtobool('1'))]\n", []any{int64(1), int64(0), true}},
		{"from distutils.util import strtobool\nX = strtobool('maybe')\n", nil},
		{"from distutils.util import strtobool\ntry:\n    X = strtobool('maybe')\nexcept ValueError:\n    X = False\n", false},
		{"from funcy import distinct, remove\nX = list(remove({'b'}, distinct(['a', 'b', 'a', 'c'])))\n", []any{"a", "c"}},
		{"from funcy import remove\nX = remove(lambda s: s.isupper(), ['A', 'b'])\n", []any{"b"}},
		{"from flask_talisman import talisman\nX = [talisman.ONE_YEAR_IN_SECS, talisman.DENY]\n", []any{int64(31556926), "DENY"}},
		{"import pytz\nfrom jinja2 import select_autoescape, StrictUndefined\noptions = {'undefined': StrictUndefined, 'autoescape': select_autoescape(['html'])}\n" +
			"zone = pytz.timezone('Europe/Berlin')\nX = [str(zone), 'options' in globals()]\n", []any{"Europe/Berlin", true}},
		{"from flask_appbuilder.const import AUTH_SAML\nX = AUTH_SAML\n", int64(5)},
		{"from flask_appbuilder.security.manager import AUTH_DB, AUTH_LDAP\nX = [AUTH_DB, AUTH_LDAP]\n", []any{int64(1), int64(2)}},
		{"from flask_babel import lazy_gettext as _\nX = {'en': _('English')}\n", map[string]any{"en": "English"}},
		{"from flask_wtf import CSRFProtect\ncsrf = CSRFProtect()\nX = 1\n", int64(1)},
		{"from shop.security import CustomManager\nclass Own(CustomManager): pass\nX = 1\nMANAGER = Own\n", int64(1)},
	} {
		values, err := job{File: "/srv/app/config.py", Source: tt.source, Env: env}.read()
		if (err == nil) != (tt.want != nil) || err == nil && !reflect.DeepEqual(values["X"], tt.want) {
			t.Errorf("%s: got %#v and the error %v, want %#v", tt.source, values["X"], err, tt.want)
		}
	}
}

// TestWhatIsNotDoneIsTold reads files that change something in Python: the values stay right, and a warning says what
// is to be done by hand.
func TestWhatIsNotDoneIsTold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"makedirs", "import os\nos.makedirs('/srv/app/uploads', exist_ok=True)\nA = 1", "config.py: os.makedirs makes no folder here: make /srv/app/uploads yourself before the program starts"},
		{"mkdir in a branch", "import os\ntry:\n    os.mkdir('/srv/app/x')\nexcept OSError:\n    pass\nA = 1", "config.py: os.mkdir makes no folder here: make /srv/app/x yourself before the program starts"},
		{"Path.mkdir", "from pathlib import Path\nPath('/srv/app/y').mkdir(parents=True, exist_ok=True)\nA = 1", "config.py: Path.mkdir makes no folder here: make /srv/app/y yourself before the program starts"},
		{"a program", "import subprocess\nA = 0\ntry:\n    A = subprocess.check_output(['git', 'rev-parse', 'HEAD'])\nexcept Exception:\n    A = 1", "config.py: subprocess.check_output starts no program here, and the file goes on as if that were missing: do it in Go and set the key there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var told []string
			values := map[string]any{"__file__": filepath.Join(t.TempDir(), "config.py")}
			r := pyconfig.Reader{Warn: func(text string) { told = append(told, text) }}
			if err := r.Unmarshal([]byte(tt.source), &values); err != nil {
				t.Fatal(err)
			}
			if values["A"] != int64(1) || !reflect.DeepEqual(told, []string{tt.want}) {
				t.Errorf("got %v and the warnings %q, want 1 and %q", values["A"], told, tt.want)
			}
			if made, _ := os.ReadDir(filepath.Dir(values["__file__"].(string))); len(made) > 0 {
				t.Errorf("got the files %v", made)
			}
		})
	}
}

// TestATemporaryNameIsNew reads two names of temporary files, which nobody made.
func TestATemporaryNameIsNew(t *testing.T) {
	t.Parallel()
	values, told := map[string]any{}, 0
	r := pyconfig.Reader{Warn: func(string) { told++ }, LookupEnv: func(name string) (string, bool) { return "/tmp/t", name == "TMPDIR" }}
	source := "import tempfile\nA = 'sqlite:///' + tempfile.NamedTemporaryFile(suffix='.db').name\nB = tempfile.mkdtemp()\n"
	if err := r.Unmarshal([]byte(source), &values); err != nil {
		t.Fatal(err)
	}
	a, b := values["A"].(string), values["B"].(string)
	if !strings.HasPrefix(a, "sqlite:////tmp/t/tmp") || !strings.HasSuffix(a, ".db") || !strings.HasPrefix(b, "/tmp/t/tmp") || told != 2 {
		t.Errorf("got %q and %q with %d warnings", a, b, told)
	}
}

// TestTheEnvironmentIsListedWhereItIsKnown reads os.environ as a whole.
func TestTheEnvironmentIsListedWhereItIsKnown(t *testing.T) {
	t.Parallel()
	source := []byte("import os\nA = {k: v for k, v in os.environ.items() if k.startswith('SHOP_')}\n")
	lookup := func(name string) (string, bool) { return "x", name == "SHOP_A" }
	values := map[string]any{}
	err := pyconfig.Reader{LookupEnv: lookup}.Unmarshal(source, &values)
	want := "config.py:2: os.environ as a whole is not available; the variables are not known here: set Reader.Environ beside Reader.LookupEnv, or name the variable"
	if err == nil || err.Error() != want {
		t.Errorf("without Environ got the error %v, want %s", err, want)
	}
	r := pyconfig.Reader{LookupEnv: lookup, Environ: func() []string { return []string{"SHOP_A=x", "=C:=C:\\", "SHOP_GONE=y"} }}
	if err := r.Unmarshal(source, &values); err != nil || !reflect.DeepEqual(values["A"], map[string]any{"SHOP_A": "x"}) {
		t.Errorf("got %v and the error %v", values["A"], err)
	}
}

// TestIniFilesOfTheFolderAreRead reads .ini files where the option allows it.
func TestIniFilesOfTheFolderAreRead(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"shop.ini":      "[server]\nport = 80\nname = %(port)s-x\n",
		"conf/more.ini": "[server]\nport = 81\n[db]\nurl = sqlite://\n",
	})
	var jobs []job
	for _, source := range []string{
		"__c.read(os.path.join(here, 'shop.ini'))\nA = dict(__c['server'])\n",
		"A = len(__c.read([os.path.join(here, 'shop.ini'), os.path.join(here, 'conf', 'more.ini'), os.path.join(here, 'nope.ini')]))\nB = {s: dict(__c[s]) for s in __c.sections()}\n",
		"with open(os.path.join(here, 'shop.ini')) as __f:\n    __c.read_file(__f)\nA = __c.getint('server', 'port')\n",
		"from pathlib import Path\n__c.read(Path(here) / 'shop.ini')\nA = __c['server']['name']\n",
		"A = __c.read(os.path.join(here, 'nope.ini'))\nB = __c.get('server', 'port', fallback='none')\n",
		"__c.read(os.path.join(here, 'nope.ini'))\nA = __c['server']\n",
	} {
		source = "import configparser, os\nhere = os.path.dirname(os.path.abspath(__file__))\n__c = configparser.ConfigParser()\n" + source
		jobs = append(jobs, job{File: filepath.Join(dir, "config.py"), Source: source, Files: true})
	}
	compare(t, jobs)
	_, err := job{File: filepath.Join(dir, "config.py"), Source: "import configparser\nconfigparser.ConfigParser().read('shop.ini')\n"}.read()
	if err == nil || !strings.Contains(err.Error(), "set it, write the value") {
		t.Errorf("without the option: got the error %v, want one that names it", err)
	}
}

// TestRelativeNamesAreThoseOfTheFolder reads as if the program ran in the folder.
func TestRelativeNamesAreThoseOfTheFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"key.txt": "secret", ".env.test": "SHOP_NAME=desk\n", "sub/x.ini": "[a]\nb = 1\n"})
	j := job{File: filepath.Join(dir, "config.py"), Files: true, Source: "import os, configparser\nfrom dotenv import load_dotenv\n" +
		"A = os.path.exists('key.txt')\nB = open('key.txt').read()\nload_dotenv('.env.test')\nC = os.environ['SHOP_NAME']\n" +
		"__c = configparser.ConfigParser()\n__c.read('sub/x.ini')\nD = __c['a']['b']\nE = os.path.exists('nope')\n"}
	values, err := j.read()
	if err != nil {
		t.Fatal(err)
	}
	if values["A"] != true || values["B"] != "secret" || values["C"] != "desk" || values["D"] != "1" || values["E"] != false {
		t.Errorf("got %v", values)
	}
	j.Source = "A = open('../outside.txt').read()\n"
	if _, err := j.read(); err == nil || !strings.Contains(err.Error(), "looks outside the folder") {
		t.Errorf("above the folder: got the error %v", err)
	}
}

// TestModulesOfTheProjectStopOrGoOn has modules that cannot run to their end, that are named from above the folder,
// and that import the file itself.
func TestModulesOfTheProjectStopOrGoOn(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"stops.py":        "LIMIT = 5\nimport boto3\nclient = boto3.client('s3')\nAFTER = 1\n",
		"raises.py":       "raise ValueError('no')\n",
		"inner/consts.py": "SIZE = 7\n",
		"around.py":       "import config\nTWICE = config.BASE * 2\n",
	})
	for _, tt := range []struct{ name, source, want string }{
		{"a stopped module that nothing uses", "from stops import LIMIT\nimport stops\nA = 1\n", ""},
		{"a stopped module that is used", "from stops import LIMIT\nA = LIMIT + 1\n", "config.py:2: stops.LIMIT is not available; it stops at stops.py:3: boto3"},
		{"a star from a stopped module", "from stops import *\n", "boto3"},
		{"a stopped module in a try", "try:\n    from stops import LIMIT\nexcept ImportError:\n    LIMIT = 1\nA = LIMIT\n", "boto3"},
		{"a module that raises", "import raises\nA = 1\n", "raises.py:1: the file raises ValueError: no"},
		{"named from above", "from shop.inner.consts import SIZE\nimport shop.inner.consts as c\nA = SIZE + c.SIZE\n", ""},
		{"one that imports the file", "BASE = 2\nfrom around import TWICE\nA = TWICE\n", ""},
		{"one that imports it too early", "from around import TWICE\nBASE = 2\n", "module has no attribute \"BASE\""},
		{"the file among the modules", "import sys\nsetattr(sys.modules[__name__], 'B', 5)\nA = B + getattr(sys.modules[__name__], 'B')\n", ""},
		{"another among the modules", "import sys\nA = sys.modules['nope']\n", "import the module that is needed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			values, err := job{File: filepath.Join(dir, "config.py"), Source: tt.source}.read()
			if tt.want == "" {
				if err != nil || values["A"] == nil {
					t.Errorf("got %v and the error %v", values, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got the error %v, want %q in it", err, tt.want)
			}
		})
	}
}
