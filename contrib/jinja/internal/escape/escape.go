// Package escape knows where in an HTML page an output lands, and what a value must become there.
package escape

import "github.com/dewar-go/dewar/contrib/jinja/internal/value"

// A State is a place in a page: in text, in a tag, in which kind of attribute and quotes, in script or style, in a URL. It is comparable
// and small; the zero State is the text of a page. States are values: nothing is shared.
type State struct{ /* a few uint8 fields */ }

// Text returns the State behind text of the template that begins in s. It is fast, but callers keep what it returned.
func (s State) Text(text string) (State, error) { panic("not written yet") }

// Plain reports whether s is the text of a page, where HTML escaping as Jinja's is all that is needed.
func (s State) Plain() bool { panic("not written yet") }

// Append appends text that must be escaped, as it must be written in s, and returns the State behind it.
func (s State) Append(b []byte, text string) ([]byte, State, error) { panic("not written yet") }

// AppendMarkup does so for safe text: the application's stands as it is everywhere, the others where their language is wanted, and are escaped
// again elsewhere.
func (s State) AppendMarkup(b []byte, m value.Markup) ([]byte, State, error) { panic("not written yet") }

// Differs says what Append does to text in s beyond Jinja's HTML escaping, "" where nothing: "blocks javascript: URLs", "writes a JavaScript string" ...
func (s State) Differs() string { panic("not written yet") }

// String describes the place: "text", "the quoted attribute href", "a string in script" ...
func (s State) String() string { panic("not written yet") }
