package translate

import "go.starlark.net/starlark"

// Line is the line of the file where a node begins.
type Line int

// At returns the line.
func (l Line) At() int { return int(l) }

// Expr is an expression. Name, Attribute, Element, Part, Several and Star are also what can be assigned to.
type Expr interface {
	// At returns the line of the expression.
	At() int
}

// The expressions.
type (
	// Name is the use of a variable.
	Name struct {
		Line
		Name string
	}
	// Constant is a literal.
	Constant struct {
		Line
		Value starlark.Value
	}
	// Hook is an operation that the machine has under a name of its own.
	Hook struct {
		Line
		Name string
		Args []Expr
	}
	// Attribute is x.name.
	Attribute struct {
		Line
		X    Expr
		Name string
	}
	// Element is x[key].
	Element struct {
		Line
		X, Key Expr
	}
	// Part is x[low:high:step]. A bound that is left out is nil.
	Part struct {
		Line
		X, Low, High, Step Expr
	}
	// Call is fn(args).
	Call struct {
		Line
		Fn   Expr
		Args []Argument
	}
	// Several is a display of the elements: "()", "[]" or "{}".
	Several struct {
		Line
		Kind  string
		Elems []Expr
	}
	// Dict is a display of entries. A nil key stands before a mapping: {**value}.
	Dict struct {
		Line
		Keys, Values []Expr
	}
	// Star is *x in a display or a target.
	Star struct {
		Line
		X Expr
	}
	// Logic is "x and y" or "x or y".
	Logic struct {
		Line
		And  bool
		X, Y Expr
	}
	// Not is "not x".
	Not struct {
		Line
		X Expr
	}
	// Comparison is "a < b < c". Operands past the first that does not hold are not evaluated.
	Comparison struct {
		Line
		Operators []string
		Operands  []Expr
	}
	// Condition is "then if cond else otherwise".
	Condition struct {
		Line
		Cond, Then, Else Expr
	}
	// Lambda is a function without a name.
	Lambda struct {
		Line
		Function *Function
	}
	// Comprehension makes a list, set, dict or generator: "[]", "{}", "{:}" or "()".
	Comprehension struct {
		Line
		Kind       string
		Key, Value Expr // Key is nil but for a dict
		Clauses    []Clause
		Locals     map[string]bool
	}
	// Walrus is "(name := value)".
	Walrus struct {
		Line
		Name  string
		Value Expr
	}
	// Yield gives an element of a generator, or with From all of them.
	Yield struct {
		Line
		X    Expr
		From bool
	}
)

// Argument is an argument of a call: x, name=x, *x or **x.
type Argument struct {
	Name  string
	Stars int
	Value Expr
}

// Clause is "for target in over", or "if cond" where Target is nil.
type Clause struct {
	Target, Over, Cond Expr
}

// Function is a function of the file.
type Function struct {
	Name      string
	Doc       string
	Params    []Param
	Body      []Stmt
	Result    Expr // of a lambda
	Locals    map[string]bool
	Globals   map[string]bool
	Nonlocals map[string]bool
	Generator bool
}

// Param is a parameter of a function.
type Param struct {
	Name    string
	Default Expr
	Stars   int  // 1 for *args, 2 for **kwargs
	Named   bool // only by name
}

// Stmt is a statement.
type Stmt interface {
	// At returns the line of the statement.
	At() int
}

// The statements.
type (
	// Evaluate evaluates an expression for its own sake.
	Evaluate struct {
		Line
		X Expr
	}
	// Assign sets all targets to one value.
	Assign struct {
		Line
		Targets []Expr
		Value   Expr
	}
	// Annotate is "target: hint = value", without a value where that is nil. The hint is never evaluated.
	Annotate struct {
		Line
		Target Expr
		Hint   Expr
		Value  Expr
	}
	// Augment is "target += value".
	Augment struct {
		Line
		Target Expr
		Op     string
		Value  Expr
	}
	// If runs one of two blocks.
	If struct {
		Line
		Cond       Expr
		Then, Else []Stmt
	}
	// For loops over something. Else runs unless the loop was broken.
	For struct {
		Line
		Target, Over Expr
		Body, Else   []Stmt
	}
	// While loops as long as a condition holds.
	While struct {
		Line
		Cond       Expr
		Body, Else []Stmt
	}
	// Define makes a function.
	Define struct {
		Line
		Function   *Function
		Decorators []Expr
	}
	// Class makes a class.
	Class struct {
		Line
		Name       string
		Doc        string
		Args       []Argument
		Decorators []Expr
		Body       []Stmt
	}
	// Return ends a function.
	Return struct {
		Line
		X Expr
	}
	// Leave is break, continue or pass.
	Leave struct {
		Line
		Word string
	}
	// Raise raises an exception. Said is what an error may show of it.
	Raise struct {
		Line
		X    Expr
		Said string
	}
	// Assert raises unless the condition holds. Said is what an error may show.
	Assert struct {
		Line
		Cond, Text Expr
		Said       string
	}
	// Try catches exceptions.
	Try struct {
		Line
		Body, Else, Finally []Stmt
		Handlers            []Handler
	}
	// With opens something for a block.
	With struct {
		Line
		Items []Item
		Body  []Stmt
	}
	// Match runs the first case whose pattern fits the value.
	Match struct {
		Line
		X     Expr
		Cases []Case
	}
	// Delete forgets names, attributes and elements.
	Delete struct {
		Line
		Targets []Expr
	}
	// Import binds a module to a name. Path is "os.path"; without As its root is bound.
	Import struct {
		Line
		Path, As string
	}
	// ImportFrom binds names of a module. Level counts the dots before the path; no names means all.
	ImportFrom struct {
		Line
		Level int
		Path  string
		Names []Alias
	}
)

// Handler is "except types as name". Types is nil for all exceptions.
type Handler struct {
	Line
	Types Expr
	Name  string
	Body  []Stmt
}

// Case is "case pattern if guard". Guard is nil where there is none.
type Case struct {
	Line
	Pattern Pattern
	Guard   Expr
	Body    []Stmt
}

// Pattern is what a case compares with: one of the types below.
type Pattern any

// The patterns.
type (
	// ValuePattern fits what is equal to a literal or a dotted name.
	ValuePattern struct{ X Expr }
	// NamedPattern binds a name to what the inner pattern fits, or to anything where that is nil. "_" is the name "".
	NamedPattern struct {
		Inner Pattern
		Name  string
	}
	// EitherPattern fits what one of its alternatives fits.
	EitherPattern struct{ Alternatives []Pattern }
	// SequencePattern fits a list or tuple element by element.
	SequencePattern struct{ Elems []Pattern }
	// RestPattern is *name in a sequence.
	RestPattern struct{ Name string }
	// MappingPattern fits a dict that has the keys. Rest names a dict of the others.
	MappingPattern struct {
		Keys   []Expr
		Values []Pattern
		Rest   string
	}
	// ClassPattern fits an object of a class. The last patterns have the names.
	ClassPattern struct {
		Class    Expr
		Patterns []Pattern
		Names    []string
	}
)

// Item is "x as target" of a with statement.
type Item struct{ X, Target Expr }

// Alias is "name as as".
type Alias struct{ Name, As string }
