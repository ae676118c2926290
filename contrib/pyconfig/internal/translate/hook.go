package translate

// The hooks, by what they are called with. Arithmetic operators are hooks under their own spelling ("+", "**").
const (
	Negative = "-x"      // (operand)
	Positive = "+x"      // (operand)
	Invert   = "~x"      // (operand)
	Template = `f""`     // (text...): the text
	Format   = "{x!r:y}" // (value, conversion, format): the text
	Refuse   = "refuse"  // (text): fails
	Ellipsis = "..."     // (): fails when it is used
)
