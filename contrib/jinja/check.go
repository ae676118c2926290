package jinja

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// checkTemplates compiles and checks all templates. The first error that has no better cure, of a file that no other names, tells of Ignore:
// it may be one that nobody renders.
func (s *site) checkTemplates() error {
	err := s.engine.Check()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	parts := s.engine.Parts()
	for _, problem := range joined.Unwrap() {
		e, placed := problem.(*Error)
		if placed && !parts[e.Template] && !strings.Contains(e.Message, "; ") {
			e.Message += fmt.Sprintf("; if nobody renders this file, leave it out by Ignore: []string{%q} of the Renderer", e.Template)
			break
		}
	}
	return err
}

// checkURLs finds the calls of url_for that can never succeed. An url_for of the application's own is not looked at.
func (s *site) checkURLs() error {
	if s.ownURLFor {
		return nil
	}
	var problems []error
	for _, call := range s.engine.Calls("url_for") {
		if err := s.checkURL(call); err != nil {
			problems = append(problems, fmt.Errorf("template %s:%d: url_for: %w", call.Template, call.Line, err))
		}
	}
	return errors.Join(problems...)
}

// checkRequest finds the attributes of request that there are none of. Where a template only asks whether such a one is true, a missing one is
// false, as in Flask: that is a line of the log. A request of the application's own is not looked at.
func (s *site) checkRequest(strict bool) error {
	if s.ownRequest {
		return nil
	}
	var problems []error
	for _, found := range s.engine.Attributes("request") {
		if requestAttributes[found.Name] != nil {
			continue
		}
		cure := nearest.DidYouMean(found.Name, slices.Sorted(maps.Keys(requestAttributes)))
		if cure == "" {
			cure = "; give the template what it needs by app.ContextProcessor"
		}
		problem := fmt.Errorf("template %s:%d: request has no %q%s", found.Template, found.Line, found.Name, cure)
		if found.Guarded && !strict && !slices.Contains(onlyFlasks(), found.Name) {
			logger(s.templates.App()).Warn("jinja: undefined, and so false: " + problem.Error())
			continue
		}
		problems = append(problems, problem)
	}
	return errors.Join(problems...)
}

// checkCalls finds the calls of misspelt functions. Where a context processor might give such a function, that is a line of the log.
func (s *site) checkCalls() error {
	var problems []error
	open := s.templates.HasContextProcessors()
	for _, call := range s.engine.StrangeCalls() {
		problem := fmt.Errorf("template %s:%d: nothing gives %q, which is called here; did you mean %q?", call.Template, call.Line, call.Name, call.Near)
		if open && !call.Never {
			logger(s.templates.App()).Warn("jinja: " + problem.Error())
			continue
		}
		problems = append(problems, problem)
	}
	return errors.Join(problems...)
}

func (s *site) checkURL(call engine.FoundCall) error {
	endpoints, found := []any(nil), false
	var pairs []any
	for i, arg := range call.Arguments {
		switch {
		case i == 0 && arg.Name == "", arg.Name == "endpoint":
			endpoints, found = arg.Values, true
		case arg.Name == "":
			return errors.New("all but the endpoint is named, as in url_for('show', id=1)")
		case strings.HasPrefix(arg.Name, "_") && !slices.Contains(urlOptions, arg.Name):
			return fmt.Errorf("no option %q%s", arg.Name, nearest.DidYouMean(arg.Name, urlOptions))
		default:
			pairs = append(pairs, arg.Name, nil)
		}
	}
	if call.More {
		pairs = append(pairs, nil, nil)
	} else if !found {
		return errors.New("no endpoint; it is the first argument, as in url_for('show', id=1)")
	}
	return s.checkEndpoints(endpoints, pairs)
}

// lacking says of a URL without a value what to write in a template, and what pairs has in its place. Other errors stay as they are.
func lacking(err error, pairs []any) error {
	e, ok := errors.AsType[*dewar.URLError](err)
	if !ok || len(e.Missing) == 0 {
		return err
	}
	text := fmt.Sprintf("URL for %q: no value for %s; write %s=...", e.Endpoint, strings.Join(e.Missing, ", "), e.Missing[0])
	var given []string
	for i := 0; i < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok && !strings.HasPrefix(name, "_") {
			given = append(given, name)
		}
	}
	if len(given) > 0 {
		text += ", the call gives " + strings.Join(given, ", ")
	}
	return &lackError{text, err}
}

// A lackError is an error of URLFor in the words of a template.
type lackError struct {
	text string
	err  error
}

func (e *lackError) Error() string { return e.text }

func (e *lackError) Unwrap() error { return e.err }

// checkEndpoints checks each of the endpoints that a call may name.
func (s *site) checkEndpoints(endpoints, pairs []any) error {
	var problems []error
	for _, endpoint := range endpoints {
		name, isText := endpoint.(string)
		if !isText {
			problems = append(problems, fmt.Errorf("an endpoint is text, not %s", value.TypeName(endpoint)))
			continue
		}
		problems = append(problems, lacking(s.templates.CheckURLFor(name, pairs...), pairs))
	}
	return errors.Join(problems...)
}
