package value

// An UndefinedMode is how a missing value behaves.
type UndefinedMode uint8

const (
	Default   UndefinedMode = iota // shows as nothing, is false and empty; anything else is an error
	Strict                         // anything but "is defined" and default() is an error
	Chainable                      // as Default, and its attributes are undefined too
	Debug                          // as Default, and shows what is missing
)

// An Undefined is a value that is missing. Its message is Jinja's: "'x' is undefined", "'dict object' has no attribute 'y'".
type Undefined struct {
	Hint   string // replaces the message
	Object any    // what has no such attribute; Missing{} for a variable
	Name   any
	Mode   UndefinedMode
}

// Missing is the Object of an Undefined that is a variable.
type Missing struct{}

// NewUndefined makes an Undefined in the mode of rt. object is Missing{} for a variable.
func NewUndefined(rt *Runtime, object, name any) *Undefined {
	return &Undefined{Object: object, Name: name, Mode: rt.mode()}
}

// Err is the UndefinedError that most uses of u are.
func (u *Undefined) Err() error {
	return &Error{Kind: "UndefinedError", Message: u.message(), Undefined: u}
}

func (u *Undefined) message() string {
	if u.Hint != "" {
		return u.Hint
	}
	name, err := Repr(nil, u.Name)
	if err != nil {
		name = "?"
	}
	if _, ok := u.Object.(Missing); ok {
		return name + " is undefined"
	}
	if _, ok := AsString(u.Name); !ok {
		return objectType(u.Object) + " has no element " + name
	}
	return quote(objectType(u.Object)) + " has no attribute " + name + u.unseen()
}

// unseen says why a template does not see what the Go type of the object has by that name, as an addition to a message.
func (u *Undefined) unseen() string {
	if name, ok := AsString(u.Name); ok {
		if why := unseen(u.Object, name); why != "" {
			return "; " + why
		}
	}
	return ""
}

// objectType is what Jinja calls the type of v in messages.
func objectType(v any) string {
	if IsNone(v) {
		return "None"
	}
	return qualified(v) + " object"
}

// str is what u shows as.
func (u *Undefined) str() (string, error) {
	switch u.Mode {
	case Strict:
		return "", u.Err()
	case Debug:
		return u.debug(), nil
	}
	return "", nil
}

func (u *Undefined) debug() string {
	if u.Hint != "" {
		return "{{ undefined value printed: " + u.Hint + " }}"
	}
	if _, ok := u.Object.(Missing); ok {
		name, _ := Str(nil, u.Name)
		return "{{ " + name + " }}"
	}
	name, _ := Repr(nil, u.Name)
	return "{{ no such element: " + objectType(u.Object) + "[" + name + "] }}"
}

// strict is the error of uses that only a strict Undefined refuses.
func (u *Undefined) strict() error {
	if u.Mode == Strict {
		return u.Err()
	}
	return nil
}

// member is u.name or u[name].
func (u *Undefined) member() (any, error) {
	if u.Mode == Chainable {
		return u, nil
	}
	return nil, u.Err()
}

// undefinedIn returns the error of the first Undefined among operands.
func undefinedIn(vs ...any) error {
	for _, v := range vs {
		if u, ok := v.(*Undefined); ok {
			return u.Err()
		}
	}
	return nil
}

// strictIn returns the error of the first strict Undefined among operands.
func strictIn(vs ...any) error {
	for _, v := range vs {
		if u, ok := v.(*Undefined); ok && u.Mode == Strict {
			return u.Err()
		}
	}
	return nil
}

func isUndefined(v any) bool {
	_, ok := v.(*Undefined)
	return ok
}

// class is the name of its class in Jinja.
func (u *Undefined) class() string {
	switch u.Mode {
	case Strict:
		return "StrictUndefined"
	case Chainable:
		return "ChainableUndefined"
	case Debug:
		return "DebugUndefined"
	}
	return "Undefined"
}
