package engine_test

import "testing"

func TestLoopsGoAsInJinja(t *testing.T) {
	t.Parallel()
	agree(t,
		site(`{% for i in list %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }} {% endfor %}`),
		site(`{% for i in words|map("upper") %}{{ loop.length }}{{ loop.revindex }}{{ loop.last }}{{ i }} {% endfor %}`),
		site(`{% for i in words|map("upper") %}{{ loop.last }}{{ loop.nextitem }}{{ loop.previtem }}{{ i }} {% endfor %}`),
		site(`{% for i in words|map("upper") %}{{ loop.nextitem }}{{ loop.length }}{{ i }} {% endfor %}`),
		site(`{% for i in list if i > 1 %}{{ loop.index }}{{ loop.length }}{{ i }}{{ loop.nextitem is defined }} {% endfor %}`),
		site(`{% for i in list if i > 9 %}{{ i }}{% else %}none{{ i }}{% endfor %}`),
		site(`{% for i in nothing %}{% else %}{% set x = 1 %}{{ x }}{% endfor %}{{ x }}`),
		site(`{% for i in list %}{{ loop.cycle("a", "b") }}{{ loop.changed(i > 1) }}{% endfor %}`),
		site(`{% for i in list %}{{ loop.cycle() }}{% endfor %}`),
		site(`{% for i in [1, 1, 2] %}{{ loop.changed() }}{{ loop.changed(i, 2) }} {% endfor %}`),
		site(`{% for k, v in d.items() %}{{ k }}={{ v }} {% endfor %}`),
		site(`{% for a, (b, c) in [(1, (2, 3)), (4, "xy")] %}{{ a }}{{ b }}{{ c }}{% endfor %}`),
		site(`{% for a, b in [1] %}{% endfor %}`),
		site(`{% for a, b in [[1]] %}{% endfor %}`),
		site(`{% for a in n %}{% endfor %}`),
		site(`{% for a in missing %}{{ a }}{% else %}empty{% endfor %}`),
		site(`{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% else %}else{% endfor %}`),
		site(`{% for i in range(2) %}{% continue %}{% else %}else{% endfor %}`),
		site(`{% for i in range(2) %}{% break %}{% else %}else{% endfor %}`),
		site(`{% for i in range(2) %}{% for j in range(3) %}{% if j == i %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{{ loop.index }}{% endfor %}`),
		site(`{% for t in tree recursive %}{{ t.v }}:{{ loop.depth }}{{ loop.depth0 }}{{ loop.index }}{% if t.kids %}({{ loop(t.kids) }}){% endif %}{% endfor %}`),
		site(`{% for t in tree recursive %}{{ t.v }}{% set x = loop(t.kids) %}[{{ x }}]{% else %}-{% endfor %}`),
		site(`{% for t in tree if t.v recursive %}{{ t.v }}<{{ loop(t.kids)|upper }}>{% endfor %}`),
		site(`{% for i in list %}{{ loop(list) }}{% endfor %}`),
		site(`{% for i in list %}{% for j in list %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}`),
		site(`{% for i in list %}{% set outer = loop %}{% for j in words %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}`),
		site(`{% for i in list %}{{ loop }}{{ loop|length }}{% endfor %}`),
		site(`{% for c in "a<b" %}{{ c }}.{% endfor %}{% for k in d %}{{ k }}{% endfor %}`),
		site(`{% for i in list %}{{ loop.nosuch }}{% endfor %}{{ loop }}`),
		site(`{% for u in users|groupby("age") %}{{ u.grouper }}:{% for x in u.list %}{{ x.name }}{{ loop.last }} {% endfor %}{% endfor %}`),
	)
}
