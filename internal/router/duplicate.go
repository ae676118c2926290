package router

import (
	"fmt"
	"net/http"
	"slices"
)

// DuplicateError says that two routes match the same requests.
type DuplicateError struct {
	// First and Second are the indices of the routes.
	First, Second int
	// Method is the first method that both answer; "" if both answer every method.
	Method string

	rules [2]string
}

// Error names both rules and the method.
func (e *DuplicateError) Error() string {
	method := e.Method
	if method == anyMethod {
		method = "every method"
	}
	return fmt.Sprintf("rules %q and %q match the same paths for %s; change one of the rules or its methods",
		e.rules[0], e.rules[1], method)
}

// findDuplicate returns a *DuplicateError if two routes have the same shape and share a method. HEAD and OPTIONS may be
// shared: the route that was given first answers.
func findDuplicate(routes []Route) error {
	sameShape := map[string][]int{}
	for second, route := range routes {
		shape := route.Rule.Shape()
		for _, first := range sameShape[shape] {
			if method, ok := sharedMethod(routes[first].Methods, route.Methods); ok {
				texts := [2]string{routes[first].Rule.Text(), route.Rule.Text()}
				return &DuplicateError{First: first, Second: second, Method: method, rules: texts}
			}
		}
		sameShape[shape] = append(sameShape[shape], second)
	}
	return nil
}

// sharedMethod returns a method other than HEAD and OPTIONS that is in both lists.
func sharedMethod(a, b []string) (string, bool) {
	if len(a) == 0 && len(b) == 0 {
		return anyMethod, true
	}
	if len(a) == 0 {
		a, b = b, a
	}
	for _, method := range a {
		switch method {
		case http.MethodHead, http.MethodOptions:
			continue
		}
		if len(b) == 0 || slices.Contains(b, method) {
			return method, true
		}
	}
	return "", false
}
