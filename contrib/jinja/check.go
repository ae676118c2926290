package jinja

import (
	"errors"
	"fmt"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

// checkURLs finds the calls of url_for that can never succeed.
func (s *site) checkURLs() error {
	var problems []error
	for _, call := range s.engine.Calls("url_for") {
		if err := s.checkURL(call); err != nil {
			problems = append(problems, fmt.Errorf("template %s:%d: url_for: %w", call.Template, call.Line, err))
		}
	}
	return errors.Join(problems...)
}

func (s *site) checkURL(call engine.FoundCall) error {
	if len(call.Positional) == 0 {
		return nil
	}
	endpoint, constant := call.Positional[0].(string)
	if !constant {
		return nil
	}
	var pairs []any
	for _, name := range call.Named {
		pairs = append(pairs, name, nil)
	}
	if call.More {
		pairs = append(pairs, nil, nil)
	}
	return s.templates.CheckURLFor(endpoint, pairs...)
}
