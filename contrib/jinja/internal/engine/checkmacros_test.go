package engine_test

import "testing"

func TestCheckFindsCallsThatMacrosDoNotTake(t *testing.T) {
	t.Parallel()
	others := map[string]string{
		"lib": "{% macro bar(x, y=1) %}{{ caller() }}{% endmacro %}{% macro any() %}{{ varargs }}{{ kwargs }}{% endmacro %}",
	}
	const f = "{% macro f(first, second) %}{% endmacro %}"
	for _, tt := range []struct{ name, page, want string }{
		{"too many", f + "{{ f(1, 2, 3) }}", "macro 'f' takes not more than 2 argument(s)"},
		{"an unknown name", f + "{{ f(1, secnod=2) }}", `macro 'f' takes no keyword argument 'secnod'; did you mean "second"?`},
		{"one value twice", f + "{{ f(1, first=2) }}", "macro 'f' got two values for 'first'"},
		{"too few", f + "{{ f() }}{{ f(second=1) }}{{ f(*x) }}{{ f(**x) }}", ""},
		{"a macro of an import", "{% import 'lib' as m %}{{ m.bar(yy=2) }}", "takes no keyword argument 'yy'"},
		{"a name of an import", "{% import 'lib' as m %}{{ m.baz(1) }}", `does not export 'baz'; did you mean "bar"?`},
		{"an imported macro", "{% from 'lib' import bar as b %}{{ b(1, 2, 3) }}", "not more than 2"},
		{"a call block", "{% from 'lib' import bar %}{% call bar(1) %}{% endcall %}", ""},
		{"a call block that is never shown", f + "{% call f(1) %}{% endcall %}", "never calls caller()"},
		{"any arguments", "{% from 'lib' import any %}{{ any(1, 2, x=3) }}{% call any() %}{% endcall %}", ""},
		{"a name that means other things too", f + "{% for f in x %}{{ f(1, 2, 3) }}{% endfor %}", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checked(t, tt.page, tt.want, others)
		})
	}
}
