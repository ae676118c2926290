package syntax

import "fmt"

// Pos is where something begins in the source of a template.
type Pos struct {
	Line int // from 1
	Col  int // in bytes, from 1
}

// place says where p is, for errors.
func (p Pos) place() string { return fmt.Sprintf("line %d, column %d", p.Line, p.Col) }

// Position returns p itself, so that a node that embeds it says where it is.
func (p Pos) Position() Pos { return p }

// A Node is a part of a template: a statement or an expression.
type Node interface {
	// Position returns where it begins.
	Position() Pos
}

// A Stmt is a statement: what a block tag, a variable tag or text outside tags is.
type Stmt interface {
	Node
	stmt()
}

// An Expr is an expression. Its position is where it begins, but for what is behind another expression: a Filter, a Test and a Getattr are where
// their name is, a Getitem is where its bracket is, and a Call is where its function is.
type Expr interface {
	Node
	expr()
}

// A Template is a whole source.
type Template struct {
	Name string
	Body []Stmt
}

// Statements.
type (
	// Text is template text outside tags, after whitespace control.
	Text struct {
		Pos
		Data string
	}
	// Output is {{ expr }}, or one expression of {% print a, b %}.
	Output struct {
		Pos
		Expr   Expr
		Source string // the expression as it is written
	}
	// For is {% for target in iter if test recursive %}body{% else %}else{% endfor %}.
	For struct {
		Pos
		Target    Expr // Name, Tuple (nested as in Python) or NSRef
		Iter      Expr
		Test      Expr // nil without if
		Recursive bool
		Body      []Stmt
		Else      []Stmt
	}
	// If is a chain of if and elif with their bodies, and else.
	If struct {
		Pos
		Branches []Branch
		Else     []Stmt
	}
	// Branch is one condition of an If.
	Branch struct {
		Pos
		Test Expr
		Body []Stmt
	}
	// Macro is {% macro name(params) %}. The last len(Defaults) parameters have defaults.
	Macro struct {
		Pos
		Name string
		Signature
		Body []Stmt
	}
	// Signature is the parameters of a macro or a call block. The last len(Defaults) of them have defaults.
	Signature struct {
		Params   []*Name
		Defaults []Expr
	}
	// CallBlock is {% call(params) call %}body{% endcall %}.
	CallBlock struct {
		Pos
		Signature
		Call *Call
		Body []Stmt
	}
	// FilterBlock is {% filter a|b %}body{% endfilter %}. The innermost Filter has no Value.
	FilterBlock struct {
		Pos
		Filter *Filter
		Body   []Stmt
	}
	// With is {% with a = 1, b = 2 %}body{% endwith %}. Values are evaluated before any target is set.
	With struct {
		Pos
		Targets []Expr
		Values  []Expr
		Body    []Stmt
	}
	// Block is {% block name scoped required %}.
	Block struct {
		Pos
		Name     string
		Scoped   bool
		Required bool
		Body     []Stmt
	}
	// Extends is {% extends parent %}.
	Extends struct {
		Pos
		Template Expr
	}
	// Include is {% include template ignore missing with context %}.
	Include struct {
		Pos
		Template      Expr // a string, a list or tuple of them, or anything dynamic
		IgnoreMissing bool
		WithContext   bool // the default is true
	}
	// Import is {% import template as target with context %}.
	Import struct {
		Pos
		Template    Expr
		Target      string
		WithContext bool // the default is false
	}
	// FromImport is {% from template import a, b as c with context %}.
	FromImport struct {
		Pos
		Template    Expr
		Names       []ImportedName
		WithContext bool
	}
	// ImportedName is one name of a FromImport; Alias equals Name without as.
	ImportedName struct {
		Pos
		Name, Alias string
	}
	// Assign is {% set target = value %}.
	Assign struct {
		Pos
		Target Expr // Name, NSRef or Tuple of them
		Value  Expr
	}
	// AssignBlock is {% set target | filter %}body{% endset %}.
	AssignBlock struct {
		Pos
		Target Expr
		Filter *Filter // nil without; the innermost has no Value
		Body   []Stmt
	}
	// Autoescape is {% autoescape value %}body{% endautoescape %}.
	Autoescape struct {
		Pos
		Value Expr
		Body  []Stmt
	}
	// Do is {% do expr %}, of the extension do.
	Do struct {
		Pos
		Expr Expr
	}
	// Break and Continue are of the extension loopcontrols.
	Break    struct{ Pos }
	Continue struct{ Pos }
	// Trans is {% trans "context" a=x, count=n trimmed %}singular{% pluralize count %}plural{% endtrans %}, of the extension i18n.
	// The texts are as a message catalog has them: %(name)s for each variable, and %% for %.
	Trans struct {
		Pos
		Context    string // "" without
		HasContext bool
		Variables  []Variable // declared ones in their order, then those that only the texts name, whose Value is a Name
		Singular   string
		Plural     string
		HasPlural  bool
		Referenced bool   // whether the texts name variables
		Count      string // the variable that decides; "" without pluralize
	}
	// Variable is a variable of a Trans.
	Variable struct {
		Pos
		Name  string
		Value Expr
	}
)

// Expressions.
type (
	// Const is a literal: nil, bool, int, *big.Int, float64 or string.
	Const struct {
		Pos
		Value any
	}
	// Name is a variable that is read, or set where it is a target.
	Name struct {
		Pos
		Name string
	}
	// NSRef is a target such as ns.attr, of a namespace.
	NSRef struct {
		Pos
		Name, Attr string
	}
	Tuple struct {
		Pos
		Items []Expr
	}
	List struct {
		Pos
		Items []Expr
	}
	Dict struct {
		Pos
		Items []Pair
	}
	Pair struct{ Key, Value Expr }

	// Binary is an operator with two operands: + - * / // % ** and or. ~ is Concat.
	Binary struct {
		Pos
		Op          string
		Left, Right Expr
	}
	// Unary is not, - or +.
	Unary struct {
		Pos
		Op   string
		Expr Expr
	}
	// Concat is a ~ b ~ c.
	Concat struct {
		Pos
		Items []Expr
	}
	// Compare is a chain a < b <= c.
	Compare struct {
		Pos
		Expr Expr
		Ops  []Operand
	}
	// Operand is one comparison: == != < <= > >= in "not in".
	Operand struct {
		Op   string
		Expr Expr
	}
	// Cond is then if test else else. Else is nil without: what is undefined then.
	Cond struct {
		Pos
		Test, Then, Else Expr
	}
	// Filter is value|name(args).
	Filter struct {
		Pos
		Value Expr // nil in a filter block, where the body is
		Name  string
		Args
	}
	// Test is value is name(args); "is not" is a Unary around it.
	Test struct {
		Pos
		Value Expr
		Name  string
		Args
	}
	// Call is func(args).
	Call struct {
		Pos
		Func Expr
		Args
	}
	// Args are the arguments of a call, a filter or a test.
	Args struct {
		Positional []Expr
		Named      []Keyword
		Star       Expr // *args, or nil
		StarStar   Expr // **kwargs, or nil
	}
	Keyword struct {
		Pos
		Name  string
		Value Expr
	}
	// Getattr is value.name.
	Getattr struct {
		Pos
		Value Expr
		Name  string
	}
	// Getitem is value[key], where key may be a Slice.
	Getitem struct {
		Pos
		Value Expr
		Key   Expr
	}
	// Slice is start:stop:step inside brackets; what is missing is nil.
	Slice struct {
		Pos
		Start, Stop, Step Expr
	}
)

func (*Text) stmt()        {}
func (*Output) stmt()      {}
func (*For) stmt()         {}
func (*If) stmt()          {}
func (*Macro) stmt()       {}
func (*CallBlock) stmt()   {}
func (*FilterBlock) stmt() {}
func (*With) stmt()        {}
func (*Block) stmt()       {}
func (*Extends) stmt()     {}
func (*Include) stmt()     {}
func (*Import) stmt()      {}
func (*FromImport) stmt()  {}
func (*Assign) stmt()      {}
func (*AssignBlock) stmt() {}
func (*Autoescape) stmt()  {}
func (*Do) stmt()          {}
func (*Break) stmt()       {}
func (*Continue) stmt()    {}
func (*Trans) stmt()       {}

func (*Const) expr()   {}
func (*Name) expr()    {}
func (*NSRef) expr()   {}
func (*Tuple) expr()   {}
func (*List) expr()    {}
func (*Dict) expr()    {}
func (*Binary) expr()  {}
func (*Unary) expr()   {}
func (*Concat) expr()  {}
func (*Compare) expr() {}
func (*Cond) expr()    {}
func (*Filter) expr()  {}
func (*Test) expr()    {}
func (*Call) expr()    {}
func (*Getattr) expr() {}
func (*Getitem) expr() {}
func (*Slice) expr()   {}
