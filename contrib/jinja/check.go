package jinja

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

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

// checkEndpoints checks each of the endpoints that a call may name.
func (s *site) checkEndpoints(endpoints, pairs []any) error {
	var problems []error
	for _, endpoint := range endpoints {
		name, isText := endpoint.(string)
		if !isText {
			problems = append(problems, fmt.Errorf("an endpoint is text, not %s", value.TypeName(endpoint)))
			continue
		}
		problems = append(problems, s.templates.CheckURLFor(name, pairs...))
	}
	return errors.Join(problems...)
}
