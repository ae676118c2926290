// Package validate checks what [dewar.Context.Bind] and package forms have filled with go-playground/validator, whose rules stand in
// the tag validate, or binding as gin has it.
//
//	app.Validator = validate.New()
//
// It runs when dewar's own rules are kept and the struct's method Validate has nothing to say. Errors name a field as the client
// does. Structs that have none of these tags need no such package: dewar's own rules are those of [dewar.Context.Bind].
package validate

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/dewar-go/dewar"
)

// A Validator is a [dewar.Validator] with the rules of go-playground/validator. Make one with [New]. It is safe for concurrent use.
type Validator struct {
	forms, json [2]*validator.Validate // for the tags validate and binding
}

// New returns a Validator. Each setup gets the validators that it is made of, to register rules: v.RegisterValidation("slug", isSlug).
// It panics if one returns an error. RegisterTagNameFunc is New's own: with another, errors do not name fields as clients do.
func New(setup ...func(v *validator.Validate) error) *Validator {
	made := &Validator{}
	for i, tag := range [...]string{"validate", "binding"} {
		made.forms[i] = newOne(tag, formNames[:], setup)
		made.json[i] = newOne(tag, jsonNames[:], setup)
	}
	return made
}

// formNames and jsonNames are the tags that name a field, those of the body that came before those of the other.
var (
	formNames = [...]string{"path", "query", "header", "cookie", "form", "json"}
	jsonNames = [...]string{"path", "query", "header", "cookie", "json", "form"}
)

func newOne(tag string, names []string, setup []func(v *validator.Validate) error) *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.SetTagName(tag)
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return nameOf(f, names) })
	for _, f := range setup {
		if err := f(v); err != nil {
			panic("validate: New: " + err.Error())
		}
	}
	return v
}

// nameOf returns the name that clients know a field by, or "" for its name in Go.
func nameOf(f reflect.StructField, tags []string) string {
	for _, tag := range tags {
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" && name != "-" {
			return name
		}
	}
	return ""
}

// Validate checks the struct that v points to. What breaks a rule is a [dewar.FieldError], several of them joined; a rule that does not
// exist, or does not fit its field, is another error, whose answer is 500.
func (a *Validator) Validate(c *dewar.Context, v any) error {
	instances := a.forms
	if c.IsJSON() {
		instances = a.json
	}
	var problems []error
	var named []string
	for _, instance := range instances {
		err := check(c, instance, v)
		broken, ok := errors.AsType[validator.ValidationErrors](err)
		if err != nil && !ok {
			return err
		}
		for _, e := range broken {
			if problem := fieldError(c, e, v); !slices.Contains(named, problem.Field) {
				problems, named = append(problems, problem), append(named, problem.Field)
			}
		}
	}
	return errors.Join(problems...)
}

// check runs one validator. It panics for rules that are written wrong.
func check(c *dewar.Context, instance *validator.Validate, v any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("validate: %T: %v; see the rules of github.com/go-playground/validator, and give New those of your own", v, r)
		}
	}()
	return instance.StructCtx(c, v)
}

// fieldError says what is wrong with a field, by the rule of dewar that is like it.
func fieldError(c *dewar.Context, e validator.FieldError, v any) dewar.FieldError {
	field := strings.TrimPrefix(e.Namespace(), reflect.Indirect(reflect.ValueOf(v)).Type().Name()+".")
	rule, limit, text := describe(e)
	if tr := c.App.Translator; tr != nil {
		text = tr.Gettext(c, text, "limit", limit)
	} else {
		text = strings.ReplaceAll(text, "%(limit)s", limit)
	}
	return dewar.FieldError{Field: field, Detail: text, Rule: rule, Limit: limit}
}

// describe returns dewar's rule that is like a broken one, its limit and a text.
func describe(e validator.FieldError) (rule, limit, text string) {
	limit = e.Param()
	switch tag := e.Tag(); tag {
	case "required", "required_if", "required_unless", "required_with", "required_without":
		return "required", "", "missing"
	case "min", "gte":
		return bound(e, "min", "at least")
	case "max", "lte":
		return bound(e, "max", "at most")
	case "gt":
		return bound(e, "above", "more than")
	case "lt":
		return bound(e, "below", "less than")
	case "oneof":
		return "enum", strings.Join(strings.Fields(limit), ","), "must be one of %(limit)s"
	case "eqfield":
		return "eqfield", limit, "must be equal to %(limit)s"
	case "email":
		return "format", tag, "must be an email address"
	case "url", "http_url", "uri":
		return "format", "url", "must be a URL such as https://example.com/"
	case "uuid", "uuid4":
		return "format", "uuid", "must be a UUID"
	case "ip", "ipv4", "ipv6":
		return "format", tag, "must be an IP address"
	case "unique":
		return tag, "", "must not have an item twice"
	}
	if limit == "" {
		return e.Tag(), "", "does not keep the rule " + e.Tag()
	}
	return e.Tag(), limit, "does not keep the rule " + e.Tag() + " %(limit)s"
}

// bound describes a rule that is about a number, about the length of a text or about that of a list.
func bound(e validator.FieldError, rule, how string) (string, string, string) {
	of, unit := "", ""
	switch e.Kind() {
	case reflect.String:
		of, unit = "length", " characters"
	case reflect.Slice, reflect.Map, reflect.Array:
		of, unit = "items", " items"
	}
	if unit != "" && (rule == "min" || rule == "max") {
		return rule + of, e.Param(), "must have " + how + " %(limit)s" + unit
	}
	if unit != "" {
		return rule, e.Param(), "must have " + how + " %(limit)s" + unit
	}
	return rule, e.Param(), "must be " + how + " %(limit)s"
}
