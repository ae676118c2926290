package engine_test

import "testing"

const layout = `<{% block title %}base{% endblock %}>{% block body %}{% block inner %}in{% endblock %}{% endblock %}{{ self.title() }}`

func TestTemplatesInheritAsInJinja(t *testing.T) {
	t.Parallel()
	agree(t,
		site(`{% extends "base" %}{% block title %}{{ s }}{{ super() }}{% endblock %}`, "base", layout),
		site(`before{% extends "base" %}after{{ 1 }}{% set x = 1 %}{% block title %}{{ x }}{% endblock %}`, "base", layout),
		site(`{% extends "mid" %}{% block inner %}[{{ super() }}]{% endblock %}`, "base", layout, "mid", `{% extends "base" %}{% block body %}({{ super() }}){% endblock %}`),
		site(`{% extends "mid" %}{% block title %}{{ super.super() }}|{{ super() }}{% endblock %}`, "base", layout, "mid", `{% extends "base" %}{% block title %}mid{{ super() }}{% endblock %}`),
		site(`{% extends "base" %}{% block title %}{{ super.super() }}{% endblock %}`, "base", layout),
		site(`{% block title %}{{ super() }}{% endblock %}`),
		site(`{% extends "base" if yes else "part" %}{% block title %}x{% endblock %}`, "base", layout),
		site(`{% if no %}{% extends "base" %}{% endif %}text{% block title %}x{% endblock %}`, "base", layout),
		site(`{% if yes %}{% extends "base" %}{% endif %}text{% block title %}x{% endblock %}`, "base", layout),
		site(`{% extends "base" %}{% extends "base" %}`, "base", layout),
		site(`{% if yes %}{% extends "base" %}{% endif %}{% extends "base" %}`, "base", layout),
		site(`{% extends "none" %}`),
		site(`{% extends missing %}`),
		site(`{% for i in list %}{% extends "base" %}{% endfor %}`, "base", layout),
		site(`{% extends "base" %}{% block a %}got{% endblock %}`, "base", `{% block a required %}{% endblock %}`),
		site(`{% extends "base" %}`, "base", `{% block a required %} {# nothing #} {% endblock %}`),
		site(`{% block a %}1{% endblock %}{{ self.a() }}{{ self.a()|length }}{{ self.nosuch }}`),
		site(`{% block a %}1{% endblock %}{{ self.nosuch() }}`),
		site(`{% extends "base" %}{% macro m() %}<i>{{ s }}</i>{% endmacro %}{% set x %}<b>{% endset %}{% block title %}{{ m() }}{{ x }}{% endblock %}`, "base", layout),
		site(`{% extends "base" %}{% include "part" %}{% for i in list %}{{ i }}{% endfor %}`, "base", layout, "part", "part"),
		site(`{% extends "base" %}{% block title %}{% set x = 2 %}{{ x }}{% endblock %}{% block inner %}{{ x }}{% endblock %}`, "base", layout),
		site(`{% extends "base" %}{% block item %}[{{ i }}]{% endblock %}`, "base", `{% for i in list %}{% block item scoped %}{% endblock %}{% endfor %}`),
		site(`{% extends "base" %}{% block item %}[{{ i }}]{% endblock %}`, "base", `{% for i in list %}{% block item %}{% endblock %}{% endfor %}`),
		site(`{% include "child" %}{% block title %}mine{% endblock %}`, "child", `{% extends "base" %}{% block title %}child{% endblock %}`, "base", layout),
		site(`{% extends "base" %}{% block title %}{% autoescape false %}{{ s }}{{ super() }}{% endautoescape %}{% endblock %}`, "base", layout),
		site(`{% extends "base" %}{% block title %}{{ super()|upper }}{{ super() ~ "<" }}{% endblock %}`, "base", `{% block title %}<b>{% endblock %}`),
		site(`{% set x = 1 %}{% extends "base" %}`, "base", `{{ x }}{% set x = 2 %}{% block a %}{{ x }}{% endblock %}`),
	)
}
