// Package rule parses URL rules, matches decoded paths against them and builds paths from them.
//
// A rule is written as in Flask, with Go's braces around the variables:
//
//	/users/{id:int}/files/{name:path}
//
// # Variables
//
// A variable is {name}, {name:converter}, {name:converter(arguments)} or {name:expression}. The name is made of
// letters, digits and "_". Without a converter it is a string: one whole segment of the path. An expression is a
// regular expression for one segment; it is told from a converter by having one of its special characters, and it must
// match the whole value. Several variables and text may share a segment, as in /{year:int}-{month:int}. A variable
// never matches the empty string.
//
// # Priority
//
// Of two rules that match one path the one that comes first in the order of [Compare] wins, which is Flask's order:
// static text before variables, narrow converters before wide ones. The order of registration plays no part.
//
// # Slashes
//
// A rule that ends in a slash is a branch, any other is a leaf. [Rule.Match] knows the rule's own form only; redirects
// and lenient slashes are the router's matter, which [Rule.WithSlash] helps.
package rule

import (
	"regexp"
	"strings"
)

// Kind says what a segment of a rule is made of.
type Kind int

// The kinds of segments.
const (
	Text   Kind = iota // static text, perhaps empty: the end of a branch
	Single             // one whole variable whose values have no slash
	Rest               // one whole variable whose values may have slashes, and nothing after it
	Mixed              // anything else: text beside variables, several variables, text after a Rest variable
)

// Segment is one part of a rule between two slashes. A variable whose values may have slashes and everything that comes
// after it are one segment.
type Segment struct {
	Kind  Kind
	Shape string // the text of a Text; otherwise what identifies the segment, without names

	variables []*variable
	weight    weight
	before    string         // the text before the first variable
	after     string         // the text after the last one
	expr      *regexp.Regexp // of a Mixed with several variables
	groups    []int          // the index in expr of each variable's group
}

// Rule is one parsed URL rule. It does not change once it is made and is safe for concurrent use.
type Rule struct {
	text      string
	names     []string
	variables []*variable
	parts     []part
	segments  []Segment
	shape     string
	prefix    string // the text before the first variable
	suffix    string // the text after the last one
	mixed     bool   // has a Mixed segment
	searches  bool   // asks a regular expression
	late      bool   // all converters are built in
}

// part is a piece of a rule: text, or a variable.
type part struct {
	text     string
	variable *variable
}

// Text returns the rule as it was written.
func (r *Rule) Text() string { return r.text }

// String returns the rule as it was written.
func (r *Rule) String() string { return r.text }

// Variables returns the names of the variables in the order in which they are written; none gives nil. The caller must
// not change the slice.
func (r *Rule) Variables() []string { return r.names }

// Branch reports whether the rule ends in a slash.
func (r *Rule) Branch() bool { return strings.HasSuffix(r.suffix, "/") }

// Prefix returns the text before the first variable, the whole text of a static rule.
func (r *Rule) Prefix() string { return r.prefix }

// Searches reports whether the rule asks a regular expression, so that to match it again is worth avoiding.
func (r *Rule) Searches() bool { return r.searches }

// Plain reports whether all variables are strings without arguments, each a whole segment.
func (r *Rule) Plain() bool {
	for _, v := range r.variables {
		if !v.plain {
			return false
		}
	}
	return !r.mixed
}

// Segments returns what lies between the slashes of the rule, in order. The last one of a branch is an empty Text. The
// caller must not change the slice.
func (r *Rule) Segments() []Segment { return r.segments }

// Shape identifies the paths that the rule matches: two rules have the same shape if they differ in the names of
// variables at most. /a/{x} and /a/{y:string} share a shape, /a/{x:int} and /a/{x:int(min=1)} do not.
func (r *Rule) Shape() string { return r.shape }

// WithSlash returns the rule that is like r but for the slash at its end, which it has if slash is true. It returns r
// when r is so already, and nil when there is no such rule: "/" cannot lose its slash, and nothing comes after a
// variable that takes slashes too.
func (r *Rule) WithSlash(slash bool) *Rule {
	if slash == r.Branch() {
		return r
	}
	if r.text == "/" || slash && r.takesRest() {
		return nil
	}
	parts := append([]part(nil), r.parts...)
	last := &parts[len(parts)-1]
	switch {
	case !slash:
		last.text = strings.TrimSuffix(last.text, "/")
	case last.variable == nil:
		last.text += "/"
	default:
		parts = append(parts, part{text: "/"})
	}
	if last.variable == nil && last.text == "" {
		parts = parts[:len(parts)-1]
	}
	return mustAssemble(toggled(r.text, slash), parts)
}

// toggled returns text with or without a slash at its end.
func toggled(text string, slash bool) string {
	if slash {
		return text + "/"
	}
	return strings.TrimSuffix(text, "/")
}

// takesRest reports whether a variable of the rule may take slashes.
func (r *Rule) takesRest() bool {
	for _, p := range r.parts {
		if p.variable != nil && p.variable.slashes {
			return true
		}
	}
	return false
}
