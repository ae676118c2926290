package machine

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// offeredPackage makes what configurations use of packages outside Python's own library, nil if there is none of
// that path. Their objects are plain data here.
func (m *Machine) offeredPackage(path string) starlark.Value {
	switch path {
	case "kombu", "kombu.entity":
		return newModuleOf(path, map[string]native{"Queue": newQueue, "Exchange": newExchange})
	case "celery":
		return &module{name: path, attrs: starlark.StringDict{"schedules": m.schedules()}}
	case "celery.schedules":
		return m.schedules()
	case "redis":
		return m.redis()
	case "pydantic_settings", "pydantic":
		return m.pydantic(path)
	case "environs":
		return m.environs()
	case "decouple":
		return m.decouple()
	case "flask", "markupsafe":
		return newModuleOf(path, map[string]native{"Markup": m.strOf})
	case "flask_talisman", "flask_talisman.talisman":
		return talisman(path)
	case "funcy":
		return newModuleOf(path, map[string]native{"distinct": m.distinct, "remove": m.removeBy})
	case "jinja2":
		return m.jinja()
	case "pytz":
		p := newModuleOf(path, map[string]native{"timezone": newZoneName})
		p.attrs["utc"], p.attrs["UTC"] = zoneName{name: "UTC"}, zoneName{name: "UTC"}
		return p
	case "flask_babel", "flask_babelex", "flask_babelplus":
		return newModuleOf(path, map[string]native{"lazy_gettext": m.untranslated, "gettext": m.untranslated})
	case "flask_appbuilder.security.manager", "flask_appbuilder.const":
		kinds := &module{name: path, attrs: starlark.StringDict{}}
		for n, name := range []string{"AUTH_OID", "AUTH_DB", "AUTH_LDAP", "AUTH_REMOTE_USER", "AUTH_OAUTH", "AUTH_SAML"} {
			kinds.attrs[name] = starlark.MakeInt(n)
		}
		return kinds
	}
	return nil
}

// untranslated gives back the text that would be translated for a request.
func (m *Machine) untranslated(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("lazy_gettext", args, kwargs)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(starlark.String); !ok {
		return nil, fault.New("lazy_gettext() needs text, not %s", typeName(v))
	}
	return v, nil
}

// newData makes an object of plain data: the fields with their defaults, in order, and the named arguments.
// A field whose default is nil, and that is not given, is left out.
func newData(kind string, fields []string, defaults []starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (*record, error) {
	if len(args) > len(fields) {
		return nil, fault.New("%s() takes fewer arguments without a name here", kind)
	}
	values := new(starlark.Dict)
	for i, field := range fields {
		v := defaults[i]
		if i < len(args) {
			v = args[i]
		}
		if v != nil {
			values.SetKey(starlark.String(field), v)
		}
	}
	for _, pair := range kwargs {
		values.SetKey(pair[0], pair[1])
	}
	r := &record{kind: kind}
	for key, v := range values.Entries() {
		r.names = append(r.names, string(key.(starlark.String)))
		r.values = append(r.values, v)
	}
	return r, nil
}

func newQueue(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	empty := starlark.String("")
	return dataOrError(newData("Queue", []string{"name", "exchange", "routing_key"}, []starlark.Value{empty, nil, empty}, args, kwargs))
}

func newExchange(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return dataOrError(newData("Exchange", []string{"name", "type"}, []starlark.Value{starlark.String(""), starlark.String("direct")}, args, kwargs))
}

// dataOrError keeps a nil record from becoming a value.
func dataOrError(r *record, err error) (starlark.Value, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// talisman is the module flask_talisman with its constants.
func talisman(path string) *module {
	t := &module{name: path, attrs: starlark.StringDict{"ONE_YEAR_IN_SECS": starlark.MakeInt(31556926)}}
	for name, text := range map[string]string{"DENY": "DENY", "SAMEORIGIN": "SAMEORIGIN", "ALLOW_FROM": "ALLOW-FROM", "DEFAULT_REFERRER_POLICY": "strict-origin-when-cross-origin"} {
		t.attrs[name] = starlark.String(text)
	}
	if path == "flask_talisman" {
		t.attrs["talisman"] = talisman(path + ".talisman")
	}
	return t
}

// distinct implements distinct(list) of funcy: the elements, each once.
func (m *Machine) distinct(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := one("distinct", args, kwargs)
	if err != nil {
		return nil, err
	}
	set, err := m.toSet(v)
	if err != nil {
		return nil, err
	}
	elems, err := m.elements(set)
	return newIterator(elems), err
}

// removeBy implements remove(test, list) of funcy: the elements that a function, or a set, says no to.
func (m *Machine) removeBy(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var test, list starlark.Value
	if err := unpack("remove", args, kwargs, "pred", &test, "seq", &list); err != nil {
		return nil, err
	}
	elems, err := m.elements(list)
	if err != nil {
		return nil, err
	}
	var kept []starlark.Value
	for _, elem := range elems {
		drop := false
		switch test := test.(type) {
		case *starlark.Set:
			drop, err = m.contains(test, elem)
		case starlark.Callable:
			var v starlark.Value
			if v, err = m.call(test, starlark.Tuple{elem}, nil); err == nil {
				drop, err = m.truth(v)
			}
		default:
			err = fault.New("remove() needs a function or a set here")
		}
		if err != nil {
			return nil, err
		}
		if !drop {
			kept = append(kept, elem)
		}
	}
	return newIterator(kept), nil
}

// jinja is the module jinja2: what it gives is code.
func (m *Machine) jinja() *module {
	j := newModuleOf("jinja2", map[string]native{"Markup": m.strOf, "select_autoescape": func(starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return builtin("autoescape", refused{name: "autoescape()", cure: "the template engine decides about escaping"}.fail), nil
	}})
	for _, name := range []string{"Undefined", "StrictUndefined", "DebugUndefined", "ChainableUndefined"} {
		j.attrs[name] = builtin("jinja2."+name, refused{name: "jinja2." + name + "()", cure: "set it for the template engine in Go"}.fail)
	}
	return j
}

// schedules is the module celery.schedules.
func (m *Machine) schedules() *module {
	return newModuleOf("celery.schedules", map[string]native{
		"crontab": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			every := starlark.String("*")
			return dataOrError(newData("crontab", []string{"minute", "hour", "day_of_week", "day_of_month", "month_of_year"},
				[]starlark.Value{every, every, every, every, every}, args, kwargs))
		},
		"schedule": func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return dataOrError(newData("schedule", []string{"run_every"}, []starlark.Value{nil}, args, kwargs))
		},
	})
}

// redis is the module redis. A client is the data it would be made of; nothing is connected to.
func (m *Machine) redis() *module {
	fromURL := builtin("redis.from_url", func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) > 0 {
			if _, err := asText("redis.from_url()", args[0]); err != nil {
				return nil, err
			}
		}
		return dataOrError(newData("redis", []string{"url"}, []starlark.Value{nil}, args, kwargs))
	})
	client := func(name string) starlark.Value {
		return &withAttrs{attrs: starlark.StringDict{"from_url": fromURL}, Builtin: builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			defaults := []starlark.Value{starlark.String("localhost"), starlark.MakeInt(6379), starlark.MakeInt(0), nil}
			return dataOrError(newData("redis", []string{"host", "port", "db", "password"}, defaults, args, kwargs))
		})}
	}
	return &module{name: "redis", attrs: starlark.StringDict{
		"from_url": fromURL, "Redis": client("redis.Redis"), "StrictRedis": client("redis.StrictRedis"),
	}}
}
