package main

// formTexts are what package forms says of fields that are not right: the texts of WTForms, whose catalogs have most of them. A text
// about a number of things has a plural.
var formTexts = []message{
	{id: "Choose at least %(num)d.", plural: "Choose at least %(num)d."},
	{id: "Choose at most %(num)d.", plural: "Choose at most %(num)d."},
	{id: "Field cannot be longer than %(max)d character.", plural: "Field cannot be longer than %(max)d characters."},
	{id: "Field must be at least %(min)d character long.", plural: "Field must be at least %(min)d characters long."},
	{id: "Field must be exactly %(max)d character long.", plural: "Field must be exactly %(max)d characters long."},
	{id: "Field must be between %(min)d and %(max)d characters long."},
	{id: "Field must be equal to %(other_name)s."},
	{id: "File does not have an approved extension: %(extensions)s"},
	{id: "File must not be larger than %(max)s."},
	{id: "Invalid IP address."},
	{id: "Invalid Mac address."},
	{id: "Invalid URL."},
	{id: "Invalid UUID."},
	{id: "Invalid email address."},
	{id: "Invalid input."},
	{id: "Invalid value, can't be any of: %(values)s."},
	{id: "Invalid value, must be one of: %(values)s."},
	{id: "Not a valid choice."},
	{id: "Not a valid date value."},
	{id: "Not a valid datetime value."},
	{id: "Not a valid float value."},
	{id: "Not a valid integer value."},
	{id: "Not a valid month value."},
	{id: "Not a valid time value."},
	{id: "Not a valid week value."},
	{id: "Number must be at least %(min)s."},
	{id: "Number must be at most %(max)s."},
	{id: "Number must be between %(min)s and %(max)s."},
	{id: "Number must be less than %(max)s."},
	{id: "Number must be more than %(min)s."},
	{id: "This field cannot be edited."},
	{id: "This field is disabled and cannot have a value."},
	{id: "This field is required."},
}

// builtIn adds the texts of package forms.
func (m *messages) builtIn() {
	for _, text := range formTexts {
		m.add(text, "dewar/forms")
	}
}
