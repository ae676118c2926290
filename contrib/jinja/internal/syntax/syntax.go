// Package syntax reads the template language of Jinja 3.1: its lexer, its parser and the tree they make.
package syntax

// Options are how templates are written. The zero value is Jinja's default, with all extensions.
type Options struct {
	BlockStart, BlockEnd       string // default {% and %}
	VariableStart, VariableEnd string // default {{ and }}
	CommentStart, CommentEnd   string // default {# and #}
	LineStatementPrefix        string
	LineCommentPrefix          string
	TrimBlocks, LstripBlocks   bool
	NewlineSequence            string // default "\n"
	KeepTrailingNewline        bool
	TrimTranslations           bool // the policy ext.i18n.trimmed
	MaxDepth                   int  // of nesting; default 200
}

// An Error says what is wrong in a template and where.
type Error struct {
	Template string
	Pos
	Message string
}

// Parse reads the source of the template called name. Its errors are *Error.
func Parse(name, source string, o Options) (*Template, error) { panic("not written yet") }

// ParseExpression reads an expression alone.
func ParseExpression(source string) (Expr, error) { panic("not written yet") }

func (e *Error) Error() string { panic("not written yet") }
