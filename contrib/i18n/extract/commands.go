package main

import (
	"cmp"
	"reflect"
	"slices"
	"text/template/parse"
)

// commands adds the calls in a part of a template to calls.
func commands(v reflect.Value, calls []*parse.CommandNode) []*parse.CommandNode {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return calls
		}
		if v.Type() == reflect.TypeFor[*parse.Tree]() {
			return calls
		}
		if call, ok := v.Interface().(*parse.CommandNode); ok && v.Kind() == reflect.Pointer {
			calls = append(calls, call)
		}
		return commands(v.Elem(), calls)
	case reflect.Slice:
		for i := range v.Len() {
			calls = commands(v.Index(i), calls)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				calls = commands(v.Field(i), calls)
			}
		}
	}
	return calls
}

func sortByPlace(calls []*parse.CommandNode) {
	slices.SortFunc(calls, func(a, b *parse.CommandNode) int { return cmp.Compare(a.Position(), b.Position()) })
}

// texts returns the arguments that are literals, and nil for all others.
func texts(args []parse.Node) []*string {
	all := make([]*string, len(args))
	for i, arg := range args {
		if text, ok := arg.(*parse.StringNode); ok {
			all[i] = &text.Text
		}
	}
	return all
}
