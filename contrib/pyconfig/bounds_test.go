package pyconfig_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/pyconfig"
)

// TestHostileFilesStayBounded reads files that ask for far too much. They must end with an error, and must
// not take more than a few hundred megabytes on the way.
func TestHostileFilesStayBounded(t *testing.T) {
	const most = 600 << 20
	doubling := "x = %s\nfor i in range(60): x = %s\n"
	for _, tt := range []struct{ name, source string }{
		{"text repeated", `A = "a" * 10**9`},
		{"text repeated from the left", `A = 10**9 * "a"`},
		{"text repeated beyond int64", `A = "a" * 10**30`},
		{"bytes repeated", `A = b"a" * 10**9`},
		{"list repeated", `A = [0] * 10**9`},
		{"tuple repeated", `A = (0,) * 10**9`},
		{"nested tuple repeated", "t = (0,) * 1000\nt = (t,) * 1000\nt = (t,) * 1000\n{t: 1}"},
		{"text doubled", fmt.Sprintf(doubling, `"a"`, "x + x")},
		{"text doubled in place", "x = 'a'\nfor i in range(60): x += x\n"},
		{"list doubled", fmt.Sprintf(doubling, "[1]", "x + x")},
		{"list doubled by a star", fmt.Sprintf(doubling, "[1]", "[*x, *x]")},
		{"list extended by itself", "x = [1]\nfor i in range(60): x.extend(x)\n"},
		{"list doubled in place", "x = [1]\nfor i in range(60): x += x\n"},
		{"bytes doubled", fmt.Sprintf(doubling, `b"a"`, "x + x")},
		{"text doubled by format", fmt.Sprintf(doubling, `"a"`, `"{}{}".format(x, x)`)},
		{"text doubled by an f-string", fmt.Sprintf(doubling, `"a"`, `f"{x}{x}"`)},
		{"text doubled by percent", fmt.Sprintf(doubling, `"a"`, `"%s%s" % (x, x)`)},
		{"text doubled by join", fmt.Sprintf(doubling, `"a"`, `x.join([x, x, x])`)},
		{"text doubled by replace", fmt.Sprintf(doubling, `"a"`, `x.replace("a", x + "a")`)},
		{"text grown by encode", fmt.Sprintf(doubling, `"a"`, `(x.encode() + x.encode()).decode()`)},
		{"text grown by hex", fmt.Sprintf(doubling, `"a"`, `x.encode().hex()`)},
		{"path doubled", "from pathlib import Path\n" + fmt.Sprintf(doubling, `Path("a")`, "x / x")},
		{"os path doubled", "import os\n" + fmt.Sprintf(doubling, `"a"`, "os.path.join(x, x)")},
		{"values of an .ini file that double", iniBomb("%(", ")s", "")},
		{"values of an .ini file that double by dollars", iniBomb("${", "}", "interpolation=configparser.ExtendedInterpolation()")},
		{"an .ini file of many values", "import configparser\nt = '[a]\\n' + ''.join('k%d = v\\n' % i for i in range(30000))\n" +
			"c = configparser.ConfigParser()\nc.read_string(t)\nA = [dict(c['a']) for i in range(1000)]\n"},
		{"sections of an .ini file", "import configparser\nc = configparser.ConfigParser()\nfor i in range(10**6): c.add_section('a' * 100 + str(i))\n"},
		{"a value of an .ini file that names itself", "import configparser\nc = configparser.ConfigParser()\nc.read_string('[a]\\nx = %(x)s')\nA = c['a']['x']\n"},
		{"sections of an .ini file as conditions", "import configparser\nt = '[a]\\n' + ''.join('k%d = v\\n' % i for i in range(30000))\n" +
			"c = configparser.ConfigParser()\nc.read_string(t)\ns = c['a']\nwhile True:\n    if s: pass\n"},
		{"names of an object as conditions", "class C: pass\nc = C()\nfor i in range(30000): setattr(c, 'a%d' % i, i)\nd = vars(c)\nwhile True:\n    if d: pass\n"},
		{"long addresses again and again", "from pydantic import AnyUrl\nt = 'http://a/' + 'a' * 200000\nwhile True: AnyUrl(t)\n"},
		{"long formats of times", "import time\nf = '%A' * 100000\nwhile True: time.strftime(f)\n"},
		{"a long format of a time", "import time\ntime.strftime('%F' * 500)\ntime.strftime('%F' * 501)\n"},
		{"long formats of dates", "import datetime\nd = datetime.datetime(2000, 1, 1)\nf = '%A' * 100000\nwhile True: d.strftime(f)\n"},
		{"a separator of a date that is long", "import datetime\ndatetime.datetime(2000, 1, 1).isoformat('T' * 1000000)\n"},
		{"lengths of a section", "import configparser\nt = '[a]\\n' + ''.join('k%d = v\\n' % i for i in range(30000))\n" +
			"c = configparser.ConfigParser()\nc.read_string(t)\ns = c['a']\nfor i in range(300): len(s)\n"},
		{"lengths of names", "class C: pass\nc = C()\nfor i in range(30000): setattr(c, 'a%d' % i, i)\nd = vars(c)\nfor i in range(300): len(d)\n"},
		{"a list of its own doubled", "class L(list): pass\nx = L([1])\nfor i in range(60): x += x\n"},
		{"a text of its own doubled", "class S(str): pass\nx = S('a')\nfor i in range(60): x = S(x + x)\n"},
		{"a number of its own", "class N(int): pass\nx = N(2)\nfor i in range(60): x = N(x ** x)\n"},
		{"a dict of its own that misses", "class D(dict):\n    def __missing__(self, k): return self[k]\nD()['x']\n"},
		{"an attribute that asks for itself", "class C:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nC().a\n"},
		{"a setter that sets itself", "class C:\n    def __setattr__(self, n, v): self.x = v\nC().a = 1\n"},
		{"an operator that adds itself", "class C:\n    def __add__(self, o): return self + o\nC() + 1\n"},
		{"equality that compares itself", "class C:\n    def __eq__(self, o): return self == o\nC() == 1\n"},
		{"a length that asks itself", "class C:\n    def __len__(self): return len(self)\nlen(C())\n"},
		{"a class that makes itself", "class C:\n    def __new__(cls): return C()\nC()\n"},
		{"subclasses without end", "class C:\n    def __init_subclass__(cls): type('D', (C,), {})\nclass D(C): pass\n"},
		{"names without end", "for i in range(10**6): globals()['A' * 100 + str(i)] = i\n"},
		{"the names again and again", "for i in range(500): globals()['A%d' % i] = i\nwhile True: dict(globals())\n"},
		{"a model in itself", "from pydantic import BaseModel\nclass M(BaseModel):\n    m: dict = {}\nx = {}\nx['x'] = x\nA = M(m=x).model_dump()\n"},
		{"a namespace of itself", "class C: pass\nc = C()\nc.c = c.__dict__\nA = c.__dict__\n"},
		{"a long pattern", "import re\nA = [re.compile('(a|b%d){1,90}' % i + 'x' * 30000) for i in range(10**5)]\n"},
		{"width", `A = "%1000000000d" % 1`},
		{"width of format", `A = "{:1000000000}".format(1)`},
		{"precision", `A = "{:.1000000000f}".format(1.0)`},
		{"ljust", `A = "a".ljust(10**10)`},
		{"zfill", `A = "a".zfill(10**10)`},
		{"power", `A = 10 ** 10 ** 10`},
		{"power of power", "x = 2\nfor i in range(60): x = x ** x\n"},
		{"product", "x = 2\nfor i in range(60): x = x * x\n"},
		{"shift", `A = 1 << 10**10`},
		{"list of range", `A = list(range(10**12))`},
		{"sum of range", `A = sum(range(10**12))`},
		{"range kept", `A = range(10**12)`},
		{"tuple of range", `A = tuple(range(10**7))`},
		{"many lists", `A = [list(range(100000)) for i in range(100000)]`},
		{"looking in vain", "l = list(range(100000))\nfor i in range(100000): -1 in l\n"},
		{"endless loop", "x = [1]\nfor i in x: x.append(1)\n"},
		{"long loop", "for i in range(10**12): pass\n"},
		{"recursion", "def f(): return f()\nf()\n"},
		{"mutual recursion", "def f(): return g()\ndef g(): return f()\nf()\n"},
		{"recursion by a key", "def f(x): return sorted([1, 2], key=f)\nf(1)\n"},
		{"list in itself", "A = []\nA.append(A)\n"},
		{"dict in itself", "A = {}\nA['a'] = A\n"},
		{"list in itself as text", "x = []\nx.append(x)\nA = str(x)\n"},
		{"lists in one another as text", fmt.Sprintf(doubling, "[]", "[x, x]") + "A = str(x)\n"},
		{"lists in one another", "A = []\nfor i in range(60): A = [A, A]\n"},
		{"lists in one another compared", "x = []\ny = []\nfor i in range(60):\n    x = [x, x]\n    y = [y, y]\nA = x == y\n"},
		{"lists in one another ordered", "x = []\ny = []\nfor i in range(60):\n    x = [x, x]\n    y = [y, y]\nA = x < y\n"},
		{"lists in one another sorted", "x = []\ny = []\nfor i in range(60):\n    x = [x, x]\n    y = [y, y]\nA = sorted([x, y])\n"},
		{"lists in one another searched", "x = []\ny = []\nfor i in range(60):\n    x = [x, x]\n    y = [y, y]\nA = [x].index(y)\n"},
		{"tuples in one another", fmt.Sprintf(doubling, "()", "(x, x)")},
		{"tuples in one another as keys", fmt.Sprintf(doubling, "()", "(x, x)") + "A = {x: 1}\n"},
		{"tuples by arguments", "def f(*a): return a\n" + fmt.Sprintf(doubling, "()", "f(x, x)")},
		{"tuples by lambda", "f = lambda *a: a\n" + fmt.Sprintf(doubling, "()", "f(x, x)")},
		{"tuples by zip", fmt.Sprintf(doubling, "()", "zip([x], [x])[0]")},
		{"tuples by items", fmt.Sprintf(doubling, "()", "list({x: x}.items())[0]")},
		{"tuples by tuple", fmt.Sprintf(doubling, "()", "tuple([x, x])")},
		{"tuples by sum", fmt.Sprintf(doubling, "(1,)", "x + x")},
		{"tuples by slices", fmt.Sprintf(doubling, "(1,)", "(x[:] + x[:])")},
		{"arguments kept", "def f(*a): return a\nbig = [0] * 10000\nA = [f(*big) for i in range(100000)]\n"},
		{"many elements", "A = [" + strings.Repeat("1,", 120_000) + "]\nB = [A for i in range(100)]\n"},
		{"nested brackets", "A = " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)},
		{"nested parentheses", "A = " + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000)},
		{"nested braces", "A = " + strings.Repeat("{1:", 50_000) + "1" + strings.Repeat("}", 50_000)},
		{"nested calls", "A = " + strings.Repeat("f(", 50_000) + strings.Repeat(")", 50_000)},
		{"nested subscripts", "A = " + strings.Repeat("a[", 50_000) + "1" + strings.Repeat("]", 50_000)},
		{"nested targets", strings.Repeat("(", 50_000) + "a" + strings.Repeat(")", 50_000) + " = 1"},
		{"nested comprehensions", "A = " + strings.Repeat("[", 400) + "1" + strings.Repeat(" for x in [1]]", 400)},
		{"nested comprehensions in a class", "class A:\n  X = " + strings.Repeat("[", 90) + "1" + strings.Repeat(" for x in nope]", 90)},
		{"nested f-strings", "A = " + strings.Repeat(`f"{`, 20_000)},
		{"nested formats", "A = f'" + strings.Repeat(`{1:`, 20_000)},
		{"nested lambdas", "A = " + strings.Repeat("lambda: ", 30_000) + "1"},
		{"many signs", "A = " + strings.Repeat("-", 100_000) + "1"},
		{"many nots", "A = " + strings.Repeat("not ", 50_000) + "1"},
		{"many powers", "A = " + strings.Repeat("1 ** ", 50_000) + "1"},
		{"many sums", "A = " + strings.Repeat("1 + ", 50_000) + "1"},
		{"many ors", "A = " + strings.Repeat("0 or ", 50_000) + "1"},
		{"many conditions", "A = " + strings.Repeat("1 if 1 else ", 20_000) + "1"},
		{"many attributes", "A = a" + strings.Repeat(".b", 100_000)},
		{"many calls", "A = a" + strings.Repeat("()", 100_000)},
		{"many elifs", "if 0: pass\n" + strings.Repeat("elif 0: pass\n", 15_000)},
		{"many clauses", "A = [1 " + strings.Repeat("for x in y ", 20_000) + "]"},
		{"deep blocks", deepBlocks(150)},
		{"while", "while True: pass\n"},
		{"while that catches", "while True:\n    try:\n        int('x')\n    except:\n        continue\n    finally:\n        x = 1\n"},
		{"the bound caught", "try:\n    x = 'a' * 10**9\nexcept BaseException:\n    x = 1\n"},
		{"finally after the bound", "try:\n    while True: pass\nfinally:\n    while True: pass\n"},
		{"generator", "def g():\n    while True: yield 1\nA = next(g())\n"},
		{"many classes", "while True:\n    class A: pass\n"},
		{"many objects", "class A: pass\nx = []\nwhile True: x.append(A())\n"},
		{"many types", "x = []\nwhile True: x.append(type('A', (), {}))\n"},
		{"attributes without end", "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nA().a\n"},
		{"properties without end", "class A:\n    @property\n    def p(self): return self.p\nA().p\n"},
		{"text without end", "class A:\n    def __str__(self): return str(self)\nstr(A())\n"},
		{"truth without end", "class A:\n    def __bool__(self): return bool(self)\nbool(A())\n"},
		{"descriptors without end", "class D:\n    def __get__(self, o, c): return c.x\nclass A: x = D()\nA.x\n"},
		{"partials", "from functools import partial\np = len\nfor i in range(100000): p = partial(p)\np([])\n"},
		{"static methods", "p = len\nfor i in range(100000): p = staticmethod(p)\np([])\n"},
		{"product", "import itertools\nA = list(itertools.product(*[range(100)] * 20))\n"},
		{"chain", "import itertools\n" + fmt.Sprintf(doubling, "[1]", "list(itertools.chain(x, x))")},
		{"deep copies", "import copy\n" + fmt.Sprintf(doubling, "[]", "[x, x]") + "A = copy.deepcopy(x)\n"},
		{"JSON of lists in one another", "import json\n" + fmt.Sprintf(doubling, "[]", "[x, x]") + "A = json.dumps(x)\n"},
		{"JSON doubled", "import json\n" + fmt.Sprintf(doubling, `"a"`, "json.dumps([x, x])")},
		{"indented JSON", "import json\nA = json.dumps([[[[1] * 10000] * 100]], indent=100)\n"},
		{"nested JSON", "import json\nA = json.loads('[' * 100000)\n"},
		{"many JSON values", "import json\nt = '[' + '1,' * 400000 + '1]'\nA = [json.loads(t) for i in range(100)]\n"},
		{"literals", "import ast\nt = '[' + '1,' * 100000 + ']'\nA = [ast.literal_eval(t) for i in range(1000)]\n"},
		{"pattern", "import re\nA = [re.search('((a{1,30}){1,30}b)', 'a' * 100000) for i in range(100)]\n"},
		{"base64 again", "import base64\n" + fmt.Sprintf(doubling, `b"a"`, "base64.b64encode(x)")},
		{"substitution", "import re\n" + fmt.Sprintf(doubling, `"a"`, "re.sub('a', x + 'a', x)")},
		{"chance", "import os\nA = os.urandom(10**9)\n"},
		{"much chance", "import os\nwhile True: os.urandom(4096)\n"},
		{"named tuple", "from collections import namedtuple\nA = namedtuple('A', 'x ' * 100000)\n"},
		{"counter", "from collections import Counter\nA = [Counter(range(100000)) for i in range(1000)]\n"},
		{"maps", "x = [1] * 100000\nA = [list(map(str, x)) for i in range(1000)]\n"},
		{"nested try", nested("try:\n", 95, "pass\n")},
		{"variables", "import os\nfor i in range(10**6): os.environ['A' * 100000 + str(i)] = 'x'\n"},
		{"interleaved yields", "def g(n): yield from g(n)\nA = list(g(1))\n"},
		{"digits", "A = " + strings.Repeat("9", 200_000)},
		{"digits of int", `A = int("9" * 200000)`},
		{"many parameters", "def f(" + manyNames(5_000) + "): pass\n"},
		{"too large", "# " + strings.Repeat("x", 300_000)},
		{"class order", "class A: pass\n" + strings.Repeat("class A(A): pass\n", 1_000)},
		{"class bases", "class A: pass\nclass B(" + strings.Repeat("A, ", 50) + "): pass\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			values := map[string]any{}
			err := pyconfig.Unmarshal([]byte(tt.source), &values)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Errorf("got %d values, want an error", len(values))
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > most {
				t.Errorf("allocated %d MiB, want at most %d", took>>20, most>>20)
			}
		})
	}
}

// TestLargeFilesAreRead has the sizes that real files may have.
func TestLargeFilesAreRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source string }{
		{"a long list", "A = [" + strings.Repeat("'host.example', ", 5_000) + "]"},
		{"a long dict", "A = {" + manyEntries(3_000) + "}"},
		{"many keys", strings.Repeat("KEY = 1\n", 20_000)},
		{"a call with many arguments", "A = dict(" + manyArguments(400) + ")"},
		{"a call with many values", "A = max(" + strings.Repeat("1, ", 1_000) + ")"},
		{"a sum of many parts", "A = " + strings.Repeat("'a' + ", 1_000) + "'a'"},
		{"deep data", "A = " + strings.Repeat("[", 40) + strings.Repeat("]", 40)},
		{"many branches", "if 0: pass\n" + strings.Repeat("elif 0: pass\n", 400)},
		{"a long text", "A = '''" + strings.Repeat("line\n", 20_000) + "'''"},
		{"a big computation", "A = sum([x * y for x in range(150) for y in range(150)])"},
		{"blocks", deepBlocks(60)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			values := map[string]any{}
			if err := pyconfig.Unmarshal([]byte(tt.source), &values); err != nil {
				t.Errorf("got the error %v", err)
			}
		})
	}
}

// nested puts blocks into one another that nothing closes.
func nested(head string, n int, body string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + head)
	}
	return b.String() + strings.Repeat(" ", n) + body
}

func deepBlocks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if True:\n")
	}
	return b.String() + strings.Repeat(" ", n) + "A = 1\n"
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d, ", i)
	}
	return b.String()
}

func manyEntries(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "'k%d': {'a': %d}, ", i, i)
	}
	return b.String()
}

func manyArguments(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d=%d, ", i, i)
	}
	return b.String()
}

// iniBomb makes an .ini file each of whose values holds the one before twenty times.
func iniBomb(open, closing, arguments string) string {
	var b strings.Builder
	b.WriteString("[a]\nv0 = " + strings.Repeat("x", 100) + "\n")
	for i := range 9 {
		fmt.Fprintf(&b, "v%d = %s\n", i+1, strings.Repeat(fmt.Sprintf("%sv%d%s", open, i, closing), 20))
	}
	return "import configparser\nc = configparser.ConfigParser(" + arguments + ")\nc.read_string( + b.String() + )\nA = c['a']['v9']\n"
}
