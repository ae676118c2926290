package pyconfig_test

import (
	"errors"
	"strings"
	"testing"
)

// TestErrorsAreCures reads what is not available. The error must name the line, the construct and the cure.
func TestErrorsAreCures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"import", "A = 1\nimport redis_om\nB = redis_om.Redis()\n",
			"config.py:3: redis_om is not available; move the code that needs it to Go, or write the value"},
		{"import of a part", "from flask_caching.backends import simple as s\nA = s(1)\n",
			"config.py:2: flask_caching.backends.simple is not available; move the code that needs it to Go, or write the value"},
		{"import under another name", "import numpy as np\n\nA = [np.pi]\n",
			"config.py:3: numpy is not available; move the code that needs it to Go, or write the value"},
		{"a constant of a module that is not available", "from shop.constants import LIMIT\nMAXIMUM = LIMIT\n",
			"config.py: MAXIMUM: shop.constants.LIMIT is not available; move the code that needs it to Go, or write the value"},
		{"a value of a module that is not available", "from shop.constants import limit\nif limit: A = 1\n",
			"config.py:2: shop.constants.limit is not available; move the code that needs it to Go, or write the value"},
		{"comparison with what is not available", "import shop\nA = shop.x == 1\n",
			"config.py:2: shop is not available; move the code that needs it to Go, or write the value"},
		{"operator of what is not available", "from shop import x\nA = 1 + x\n",
			"config.py:2: shop.x is not available; move the code that needs it to Go, or write the value"},
		{"text of what is not available", "from shop import x\nA = f'{x}'\n",
			"config.py:2: shop.x is not available; move the code that needs it to Go, or write the value"},
		{"data", "import yaml\nA = yaml.safe_load('a: 1')\n",
			"config.py:2: yaml is not available; load the data from Go with a FromFile call of its own, or write the value"},
		{"processes", "import subprocess\nA = subprocess.check_output(['ls'])\n",
			"config.py:2: subprocess.check_output is not available; no program is started: do it in Go and set the key there"},
		{"network", "import socket\nA = socket.gethostbyname('a.example')\n",
			"config.py:2: socket.gethostbyname is not available; a configuration asks no network: write the value, or do it in Go"},
		{"network inside try", "import socket\ntry:\n    A = socket.gethostbyname('a')\nexcept Exception:\n    A = 1\n",
			"config.py:3: socket.gethostbyname is not available; a configuration asks no network: write the value, or do it in Go"},
		{"a module inside try", "try:\n    import shop\n    A = shop.x\nexcept:\n    A = 1\n",
			"config.py:3: shop is not available; move the code that needs it to Go, or write the value"},
		{"relative import", "from .base import *\n",
			"config.py:1: the module base is not in the folder of the file; put it there, or move the code that needs it to Go"},
		{"try that catches another", "\ntry:\n    A = int('x')\nexcept KeyError:\n    A = 2\n",
			"config.py:3: int() needs text that is a whole number; check the variable it comes from"},
		{"raised again", "try:\n    A = {}['x']\nexcept KeyError:\n    raise\n", "config.py:2: the dict has no such key; use .get with a default"},
		{"with", "with lock:\n    A = 1\n", "config.py:1: a name on this line is not defined; put text in quotes, or define the name above"},
		{"with an object", "class A: pass\nwith A():\n    B = 1\n",
			"config.py:2: with is available for open() only; write the statements without it"},
		{"async", "async def f(): return 1\nA = f()\n", "config.py:1: async is not available; write a plain function, or the value"},
		{"an object of a class that is not available", "from shop import Client\nclient = Client(1)\n\nA = client.x\n",
			"config.py:4: shop.Client() is not available; move the code that needs it to Go, or write the value"},
		{"an object as a value", "from shop import Client\n\nSESSION = Client(1)\n",
			"config.py:3: SESSION: shop.Client() is not available; move the code that needs it to Go, or write the value"},
		{"an object in a list", "from shop import Client\nA = [Client(1)]\n",
			"config.py: A: shop.Client() is not available; move the code that needs it to Go, or write the value"},
		{"a decorator of a module that is not available", "import shop\n@shop.register\ndef f(): return 1\nA = f()\n",
			"config.py:4: shop is not available; move the code that needs it to Go, or write the value"},
		{"a base of a module that is not available", "from shop import Base\nclass C(Base): X = 1\nA = C.X\n",
			"config.py:3: C is not available; its base shop.Base is not available: move the code that needs it to Go, or write the attributes out"},
		{"a metaclass that makes classes", "class M(type):\n    def __init__(m, n, b, d): m.X = 1\nclass A(metaclass=M): pass\n",
			"config.py:3: a metaclass with __init__ is not available; write the attributes out"},
		{"slice with a comma", "x = [1]\nA = x[:, 1]\n", "config.py:2: a slice with a comma is not available; write the value"},
		{"open", "A = open('x').read()\n",
			"config.py:1: open() is not available; files are looked at only with Reader.Files: set it, write the value, or decide by an environment variable"},
		{"exists", "import os\nA = os.path.exists('x')\n",
			"config.py:2: os.path.exists is not available; files are looked at only with Reader.Files: set it, write the value, or decide by an environment variable"},
		{"exists of a Path", "from pathlib import Path\nA = Path('x').exists()\n",
			"config.py:2: Path.exists is not available; files are looked at only with Reader.Files: set it, write the value, or decide by an environment variable"},
		{"read_text", "from pathlib import Path\nA = Path('x').read_text()\n",
			"config.py:2: Path.read_text is not available; files are looked at only with Reader.Files: set it, write the value, or decide by an environment variable"},
		{"open for writing", "A = open('x', 'w')\n",
			"config.py:1: open() for writing is not available; a configuration changes nothing: do it in Go"},
		{"attribute of a module", "import os\nA = os.getloadavg()\n",
			"config.py:2: os.getloadavg is not available; write the value, or compute it in Go"},
		{"recursion", "def f(): return f()\nf()\n", "config.py:1: functions call themselves more than 100 deep; write a loop"},
		{"text of an exception", "try:\n    int('x')\nexcept ValueError as e:\n    A = str(e)\n",
			"config.py:4: the text of an exception of Python is not available; write a text of your own"},
		{"star import", "from os import *\n", "config.py:1: import * is not available; name what you need"},
		{"f-string with =", "x = 1\nA = f'{x=}'\n",
			"config.py:2: \"=\" in an f-string is not available; write the name as text before the braces"},
		{"matrix product", "A = 1 @ 2\n", "config.py:1: \"@\" is not available; write the value"},
		{"ellipsis", "A = ...\n", "config.py:1: A: \"...\" is not available; write the value"},
		{"complex", "A = 1j\n", "config.py:1: complex numbers are not available; write the value another way"},
		{"named character", `A = "\N{BULLET}"`,
			`config.py:1: \N{...} is not available; write the character itself, or \u with its number`},
		{"exec", "exec('A = 1')\n", "config.py:1: exec() is not available; write the value, or compute it in Go"},
		{"remove", "import os\nos.remove('x')\n",
			"config.py:2: os.remove is not available; a configuration changes nothing: do it in Go"},
		{"a thread", "import threading\nthreading.Thread(target=print).start()\n",
			"config.py:2: threading.Thread() is not available; a configuration starts no thread: do it in Go"},
		{"a handler of its own", "import logging\nclass H(logging.FileHandler):\n    pass\nA = H('x')\nA.x()\n",
			"config.py:4: H is not available; its base logging.FileHandler is not available: move the code that needs it to Go, or write the attributes out"},
		{"an enumeration with __new__", "import enum\nclass Mode(enum.Enum):\n    FAST = 1\n    def __new__(cls, n):\n        return object.__new__(cls)\n",
			"config.py:2: __new__ of an enumeration is not available; write the values out"},
		{"a metaclass that renames", "class M(type):\n    def __new__(m, n, b, d): return type.__new__(m, n + 'x', b, d)\nclass A(metaclass=M): pass\n",
			"config.py:2: a metaclass that changes the name or bases of a class is not available; write the attributes out"},
		{"a flag", "from enum import Flag\nclass F(Flag):\n    A = 1\nX = F.A.value\n",
			"config.py:4: F is not available; its base enum.Flag is not available: move the code that needs it to Go, or write the attributes out"},
		{"exit", "import sys\nif True:\n    sys.exit(1)\n",
			"config.py:3: the file ends the program here; set what it asks for, or raise an exception that says what is missing"},
		{"missing variable", "import os\n\nA = os.environ['NO_SUCH_VARIABLE']\n",
			`config.py:3: the environment variable "NO_SUCH_VARIABLE" is not set; set it, or give a default with os.environ.get("NO_SUCH_VARIABLE", "...")`},
		{"None from the environment", "import os\nA = 'sqlite:///' + os.environ.get('NOPE')\n",
			"config.py:2: str + None is not possible; os.environ.get gives None for a variable that is not set, so give it a default"},
		{"unknown function", "A = config('KEY')\n",
			`config.py:1: the name "config" is not defined; define it above, or write the value`},
		{"forgotten quotes", "A = 1\nSECRET_KEY = hunter2\n",
			"config.py:2: a name on this line is not defined; put text in quotes, or define the name above"},
		{"raised", "\nif True:\n    raise RuntimeError('SECRET_KEY ' 'is missing')\n",
			"config.py:3: the file raises RuntimeError: SECRET_KEY is missing"},
		{"asserted", "assert 1 > 2, 'wrong'\n", "config.py:1: an assertion of the file does not hold: wrong"},
		{"raised in a function", "def f():\n    raise ValueError(str(1))\n\nA = f()\n",
			"config.py:2: the file raises ValueError"},
		{"latin-1", "A = '\xe9'\n", "config.py: the file is not UTF-8; save it as UTF-8"},
		{"latin-1 declared", "#!/usr/bin/python\n# -*- coding: latin-1 -*-\nA = '\u00e9'\n",
			"config.py:1: the file declares another encoding than UTF-8; save it as UTF-8 and drop the declaration"},
		{"NUL", "A = '\x00'\n", "config.py: the file has a NUL byte; save it as UTF-8 text"},
		{"keys that are no text", "A = {'x': {(1, 2): 3}}\n", "config.py: A: tuple is the key of a dict; use text"},
		{"keys with one text", "A = {1: 1, '1': 2}\n",
			"config.py: A: two keys of a dict have the same text; write them as different texts"},
		{"Python 2", "print 'x'\n", "config.py:1: expected the end of the line before text in quotes"},
		{"missing comma", "A = [\n    'a'\n    1,\n]\n", "config.py:3: expected \"]\" before a number"},
		{"open bracket", "A = [\n    1,\nB = 2\n", "config.py:1: \"[\" is never closed"},
		{"open text", "A = '''\n\n", "config.py:1: text is not closed; add the closing quote"},
		{"old octal", "A = 0755\n", "config.py:1: a number begins with 0; write 0o for octal, or drop the 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := job{File: "/srv/config.py", Source: tt.source}.read()
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestUnavailableCodeMayStandUnused has what is not available where the file does not reach it.
func TestUnavailableCodeMayStandUnused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"import redis", "try:\n        A = 2\n    except E:\n        A = 3\n    else:\n        pass\n    finally:\n        pass",
		"with x as y:\n        A = 2", "while True:\n        A = 2", "async for x in y: A = 2", "del A", "a, *A = 2", "x[:, 1]", "x = 3j", "x = ...",
		"if (A := 2):\n        pass\n    elif (A := 3):\n        pass\n    else:\n        pass", "@d\n    @e\n    def A(): pass",
		"for A in B:\n        pass\n    else:\n        pass", "x = [await y for y in z]", "import redis; A = 2",
		"class A(metaclass=B):\n        @property\n        def f(self): pass",
	} {
		for _, head := range []string{"if False:", "def f():", "class C:\n  def f(self):"} {
			source := "A = 1\n" + head + "\n    " + body + "\nB = A + 1\n"
			values, err := job{File: "/srv/config.py", Source: source}.read()
			if err != nil || values["B"] != int64(2) {
				t.Errorf("%s\ngot %v and the error %v, want B to be 2", source, values, err)
			}
		}
	}
}

// TestErrorsShowNoValues fails in many ways with a secret at hand.
func TestErrorsShowNoValues(t *testing.T) {
	t.Parallel()
	const secret = "hunter2canary"
	const prelude = "import os\nfrom datetime import timedelta\nfrom pathlib import Path\n" +
		"S = os.environ['KEY']\nT = '" + secret + "'\nD = {S: T}\nclass C: X = S\ndef f(a): return a\n"
	for _, line := range []string{
		"A = S + 1", "A = 1 + S", "A = S - S", "A = -T", "A = ~D", "A = S * S", "A = S / 2", "A = S ** 2", "A = S << 1",
		"A = int(S)", "A = int(T, 16)", "A = float(S)", "A = ord(S)", "A = chr(S)", "A = abs(S)", "A = round(S)", "A = hex(S)",
		"A = D['x']", "A = D[S + 'x']", "A = D[[S]]", "A = [S][5]", "A = [S][S]", "A = S[S]", "A = S[100]", "A = S[S:]", "A = {[S]: 1}", "A = {S: 1}[T + T]",
		"A = getattr(S, T)", "A = getattr(C, S)", "A = S.nope", "A = C.nope", "A = D.nope()", "A = S()", "A = D()", "A = f(S, S)", "A = f()",
		"A = f(**{S: 1})", "A = f(**{S: 1, 'a': 2})", "A = f(**S)", "A = f(*5)", "A = dict(**D, **D)", "A = f(b=S)", "A = len(1, S)", "A = str(S, S)",
		"A, B = S", "A, B = [S]", "A, B = S, S, S", "A, B = 5", "for a, b in [S]: pass", "for a, b in [[S]]: pass", "for x in 5: pass",
		"A = [x for x, y in D]", "A = sorted([S, 1])", "A = max(S, 1)", "A = min([])", "A = S < 1", "A = S in 5", "A = 1 in S",
		"A = '%d' % S", "A = '%d' % T", "A = '%s %s' % S", "A = '%(x)s' % D", "A = '%s' % (S, S)", "A = (S + '%') % 1", "A = (S + '%q') % 1",
		"A = '{}'.format()", "A = '{x}'.format(S)", "A = '{:d}'.format(S)", "A = '{0[x]}'.format(D)", "A = (S + '{').format()", "A = f'{S:d}'", "A = format(1, S)",
		"A = S.join([1])", "A = S.join(5)", "A = S.index('zzz')", "A = S.split('')", "A = S.encode(S)", "A = S.replace(1, 2)", "A = S.startswith(5)", "A = S.strip(5)",
		"A = b'x' + S", "A = bytes(S)", "A = bytes(S, T)", "A = S.encode().decode('utf-16')", "A = (S + '\u00e9').encode('ascii')", "A = S.encode('unicode-escape')", "A = S.encode().hex(1)", "A = list(D.items())[5]", "D.update(S)", "D.update([S])",
		"D.pop('x')", "[S].remove('x')", "[S].pop(5)", "[S].index(T + 'x')", "{S}.remove('x')", "D[[S]] = 1", "[S][5] = 1", "S[0] = T", "S.x = T", "C.X.y = T", "D[S] += 1", "C.X += 1", "C.Z += S",
		"A = os.path.join(S, 1)", "A = os.path.join(D)", "A = os.environ[S]", "A = os.environ[D]", "A = os.environ.get(D)", "A = Path(D)", "A = Path(S) + S", "A = Path(S).nope", "A = Path(S).with_name('')",
		"A = timedelta(S)", "A = timedelta(days=S)", "A = timedelta(**D)", "A = timedelta(1) * S", "A = timedelta(1) < S",
		"raise ValueError(S)", "raise ValueError(f'{S}')", "raise ValueError('x' + S)", "raise ValueError('%s' % S)", "raise S", "assert False, S", "assert S == 1, f'{S}'",
		"A = {1: S, '1': T}", "A = {(S, T): 1}", "A = []\nA.append(A)", "A = " + secret, "A = " + secret + " + 1", "A = " + secret + ".x", "A = 'x' " + secret, "A = " + secret + " 'x'", "A = 5" + secret, "A = '" + secret,
		"A = '''" + secret, "A = f'{" + secret + "}'", "A = f'{S'", "A = f'{" + secret + " 1}'", "A = (" + secret, "A = [" + secret + " 1]", "A = -" + secret, secret + " = ", secret + " 1", "'" + secret + "' = 1", "A = $" + secret,
		"A = " + secret + "$", "if " + secret + ": pass", "for x in " + secret + ": pass", "def g(x=" + secret + "): pass", "class B:\n    A = " + secret, "class B(D): pass", "class B(S): pass", "A = lambda: " + secret + "\nA()",
		"A = T.encode('" + secret + "')", "A = [S] * S", "A = S * 10**10", "A = (S,) * 10**10", "isinstance(S, T)", "A = zip(S, 5)", "A = zip(x=S)", "A = enumerate(S, T)", "A = sum([S])", "A = sum(S)", "A = divmod(S, 1)", "A = pow(S, 1)", "A = range(S)", "A = reversed(5, S)", "A = map(S, [1])", "A = filter(S, [T])", "A = sorted([1], key=S)", "A = dict([S])", "A = dict(S)", "A = set([D])", "A = {D}",
		"A = b'" + secret + "é'", "A = '" + secret + `\x1'`, "A = '" + secret + `\N{X}'`, "A = '" + secret + "' b'x'", "  A = S", "A = S\n  B = T", "return S", "break", "A = [S for x in 5]", "A = S if else T",
	} {
		j := job{File: "/srv/config.py", Source: prelude + line + "\n", Env: map[string]string{"KEY": secret}}
		values, err := j.read()
		if err == nil {
			t.Errorf("%s: got %d values, want an error", line, len(values))
			continue
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error shows the secret: %v", line, err)
		}
		var safe interface{ ShowsNoValues() }
		if !errors.As(err, &safe) {
			t.Errorf("%s: the error does not say that it shows no values", line)
		}
		if !strings.HasPrefix(err.Error(), "config.py") {
			t.Errorf("%s: the error does not name the file: %v", line, err)
		}
	}
}
