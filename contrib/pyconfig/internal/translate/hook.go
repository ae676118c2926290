package translate

// The hooks, by what they are called with. Binary and comparison operators are hooks under their own
// spelling ("+", "==", "not in"), in-place ones too ("+=").
const (
	Attr      = "."        // (object, name): the attribute
	Index     = "[]"       // (object, key): the element
	Slice     = "[:]"      // (object, low, high, step): the part, None for what is left out
	Chain     = "a<b<c"    // ([operator, ...], [operand, ...]): whether all hold
	Negative  = "-x"       // (operand)
	Positive  = "+x"       // (operand)
	Invert    = "~x"       // (operand)
	Augment   = "x.y+=z"   // (object, key, operator, value, "." or "[]"): changes the attribute or element
	List      = "[*a, b]"  // ([iterable, ...]): a list of all elements
	Tuple     = "(a, b)"   // (list): a tuple
	Set       = "{a, b}"   // (list): a set
	Dict      = "{a: b}"   // ([key, value, ...]): a dict
	Merge     = "{**a}"    // ([mapping, ...]): a dict of all, the last wins; ([mapping, ...], [name, ...]): arguments, none twice
	Iterate   = "in x"     // (object): something to loop over
	Spread    = "*x"       // (iterable): the arguments of a call
	Template  = `f""`      // ([text, ...]): the text
	Format    = "{x!r:y}"  // (value, conversion, format): the text
	Import    = "import"   // (module) or (module, name)
	Class     = "class"    // (name, [base, ...]): a class without attributes
	Method    = "def"      // (function, decorator): a method
	Name      = "(name)"   // (class, name, function): the attribute of the class, else what the function returns
	Refuse    = "(refuse)" // (text): fails
	Weigh     = "(weigh)"  // (value): charges for a value that Starlark made
	WeighThen = "(weigh)," // (value, result): charges for value and gives result
)
