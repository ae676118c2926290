package escape

// String describes the place: "text", "the quoted attribute of a URL", "a string in a script".
func (s State) String() string {
	s.settle()
	switch s.outer {
	case noOuter:
	case scriptOfText:
		s.outer = noOuter
		return s.String() + " in a script that is a template"
	default:
		s.outer = noOuter
		return s.String() + " in srcdoc"
	}
	switch s.language() {
	case inJavaScript:
		return s.describeJS() + " in " + s.around("a script")
	case inCSS:
		return s.describeCSS() + " in " + s.around("a style")
	case inURL:
		return s.describeURL() + " in " + s.around("")
	}
	return s.describeHTML()
}

// around describes what code stands in.
func (s *State) around(element string) string {
	if s.place != inValue && s.place != inBeforeValue {
		return element
	}
	name := "an attribute"
	switch s.quote {
	case '"', '\'':
		name = "a quoted attribute"
	case 0:
		name = "an unquoted attribute"
	}
	switch s.attr {
	case scriptAttr:
		return name + " that is an event handler"
	case exprAttr:
		return name + " that is an expression"
	case styleAttr:
		return name + " that is a style"
	case typeAttr:
		return name + " that is the type of a script"
	}
	return name
}

func (s *State) describeHTML() string {
	switch s.place {
	case inTagOpen, inEndTagOpen, inTagName:
		return "the name of an element"
	case inDeclaration, inBogus:
		return "a doctype or declaration"
	case inComment:
		return "a comment"
	case inCDATA:
		return "a CDATA section"
	case inTag, inName, inAfterName:
		return "the name of an attribute"
	case inBeforeValue, inValue:
		return s.around("")
	case inRCDATA, inRaw:
		return "the text of " + s.element.name()
	}
	return "text"
}

func (s *State) describeJS() string {
	switch s.mode {
	case jsDouble, jsSingle:
		return "a string"
	case jsTemplate:
		return "a template literal"
	case jsLine, jsBlock:
		return "a comment"
	case jsRegex, jsClass:
		return "a regular expression"
	}
	return "a value"
}

func (s *State) describeCSS() string {
	switch s.mode {
	case cssDouble, cssSingle:
		return "a string"
	case cssComment:
		return "a comment"
	case cssURLStart, cssURL, cssURLDouble, cssURLSingle:
		return "a URL"
	}
	return "a value"
}

func (s *State) describeURL() string {
	switch s.url {
	case urlStart:
		return "a URL"
	case urlPath:
		return "the path of a URL"
	case urlQuery:
		return "the query of a URL"
	case urlArgument:
		return "an argument in the query of a URL"
	case urlFragment:
		return "the fragment of a URL"
	case urlData:
		return "a data: URL"
	}
	return "the content of meta"
}

// Differs says what Append does to text in s beyond Jinja's HTML escaping, "" where nothing.
func (s State) Differs() string {
	if o := s.outer; o != noOuter {
		s.outer = noOuter
		if d := s.Differs(); d != "" || o == scriptOfText {
			return d
		}
		return "escapes twice, for a page in an attribute"
	}
	s.settle()
	switch s.language() {
	case inJavaScript:
		return s.jsDiffers()
	case inCSS:
		return s.cssDiffers()
	case inURL:
		return s.urlDiffers()
	}
	switch s.place {
	case inTagOpen, inEndTagOpen, inTagName:
		return "takes only harmless names of elements"
	case inTag, inName, inAfterName:
		return "takes only harmless names of attributes"
	case inBeforeValue, inValue:
		if s.quote == 0 {
			return "escapes what would end an unquoted attribute"
		}
	case inComment:
		return "escapes what would end the comment"
	case inCDATA:
		return "escapes what would end the CDATA section"
	}
	return ""
}

// DiffersForMarkup says what [State.AppendMarkup] does in s to safe text that the application does not vouch for, "" where it leaves it as it is.
func (s State) DiffersForMarkup() string {
	if d := s.Differs(); d != "" || s.outer != noOuter {
		return d
	}
	s.settle()
	switch s.place {
	case inRCDATA, inRaw:
		return "writes safe text without its tags"
	case inValue:
		return "escapes the tags of safe text"
	}
	return ""
}

func (s *State) jsDiffers() string {
	switch s.mode {
	case jsDouble, jsSingle:
		return "writes the content of a JavaScript string"
	case jsTemplate:
		return "writes the content of a JavaScript template literal"
	case jsLine, jsBlock:
		return "writes nothing in a comment"
	case jsRegex, jsClass:
		return "writes what a JavaScript regular expression matches"
	}
	return "writes a JavaScript value"
}

func (s *State) cssDiffers() string {
	switch s.mode {
	case cssDouble, cssSingle:
		return "writes the content of a CSS string"
	case cssComment:
		return "writes nothing in a comment"
	case cssURLStart, cssURL, cssURLDouble, cssURLSingle:
		return "writes a URL in CSS, and blocks javascript: URLs"
	}
	return "takes only plain CSS values"
}

func (s *State) urlDiffers() string {
	switch {
	case s.url == urlStart, s.url >= metaStart && s.url != metaOther:
		return "blocks javascript: URLs"
	case s.url == urlArgument:
		return "percent-encodes an argument of a URL's query"
	case s.url == urlData:
		return "percent-encodes data of a URL"
	case s.quote == 0:
		return "escapes what would end an unquoted attribute"
	}
	return ""
}
