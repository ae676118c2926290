package dewar

import "github.com/dewar-go/dewar/internal/rule"

// A Variable is a variable of a rule, as [Route.Variables] describes it: {id:int(min=1)} is the variable id of the converter int.
type Variable struct {
	// Name is its name, Text how it stands in the rule, in braces.
	Name, Text string
	// Converter is the name of its converter, "string" without one and "" where a regular expression is written in the rule.
	Converter string
	// Pattern is the regular expression that a whole value matches, without anchors.
	Pattern string
	// Rules are the limits of the converters int, float and string, as tags of [Context.Bind] have them: min, max, minlength and
	// maxlength. Those that the type has anyway are left out.
	Rules []Rule
	// Words are the only values of the converter any; nil for others.
	Words []string
	// Slashes says that a value may have slashes.
	Slashes bool
	// InHost says that it stands in [Route.Host], not in the rule.
	InHost bool
}

// Variables returns the variables of the rule and then those of the host, in the order in which they are written; nil without one. It is
// meant for packages that describe what an App takes.
func (r Route) Variables() []Variable {
	if r.bound == nil || r.bound.rule == nil {
		return nil
	}
	all := variablesOf(r.bound.rule, false)
	if r.bound.host != nil {
		all = append(all, variablesOf(r.bound.host, true)...)
	}
	return all
}

func variablesOf(r *rule.Rule, inHost bool) (all []Variable) {
	for _, d := range r.Describe() {
		v := Variable{Name: d.Name, Text: d.Text, Converter: d.Converter, Pattern: d.Pattern, Words: d.Words, Slashes: d.Slashes, InHost: inHost}
		for _, limit := range d.Limits {
			v.Rules = append(v.Rules, Rule{limit[0], limit[1]})
		}
		all = append(all, v)
	}
	return all
}
