package engine_test

import "testing"

func TestCheckFindsBlocksThatAreMissing(t *testing.T) {
	t.Parallel()
	others := map[string]string{
		"layout":   "{% block title %}{% endblock %}{% block content %}{{ self.aside() }}{% endblock %}",
		"has":      "{% extends 'layout' %}{% block content %}{% block aside %}{% endblock %}{% endblock %}",
		"demand":   "{% block must required %}{% endblock %}",
		"circling": "{% extends x %}",
	}
	for _, tt := range []struct{ name, page, want string }{
		{"super", "{% extends 'layout' %}{% block tilte %}{{ super() }}{% endblock %}", `no parent block called 'tilte', which super() asks for; did you mean "title"?`},
		{"super in a template that extends nothing", "{% block title %}{{ super() }}{% endblock %}", "no parent block called 'title'"},
		{"super outside of a block", "{% extends 'layout' %}{% set x = super() %}", "super() stands outside of a block"},
		{"a function that is called super", "{% set super = dict %}{{ super() }}", ""},
		{"self", "{% block title %}{% endblock %}{{ self.tilte() }}", `no block called 'tilte'; did you mean "title"?`},
		{"self that is like nothing", "{{ self.nope() }}", "no block called 'nope'"},
		{"self with a block of a child", "{{ self.aside() }}", ""},
		{"a block that nothing shows", "{% extends 'layout' %}\n{% block contnet %}{% endblock %}", `page:2: no template that this one extends has a block called 'contnet', so it is never shown; did you mean "content"?`},
		{"a block inside a block", "{% extends 'layout' %}{% block content %}{% block mine %}{% endblock %}{% endblock %}", ""},
		{"a block for self", "{% extends 'layout' %}{% block mine %}{% endblock %}{% block title %}{{ self.mine() }}{% endblock %}", ""},
		{"a block of a parent that is computed", "{% extends x %}{% block contnet %}{% endblock %}", ""},
		{"a parent that is the template", "{% extends 'page' %}", "extends itself: page, then page"},
		{"a required block", "{% extends 'demand' %}", "Required block 'must' of demand is not filled"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			known := map[string]string{}
			for name, source := range others {
				if name != "circling" || tt.name != "a required block" {
					known[name] = source
				}
			}
			checked(t, tt.page, tt.want, known)
		})
	}
}
