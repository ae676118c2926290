// Package escape knows where in an HTML page an output lands, and what a value must become there.
//
// A [State] is a place in a page. It goes along with the output: text of the template moves it ([State.Text]), and values are written as
// the place wants them ([State.Append], [State.AppendMarkup]) and move it too. So a page is escaped rightly however it is put together, of
// macros, includes and branches that end in different places.
//
// # What is told apart
//
// The scanner reads HTML as browsers do: text, tags, attribute names and values with each kind of quotes, comments, doctypes, CDATA, the
// elements whose content is no HTML (script, style, title, textarea, iframe ...), and svg and math, where other rules hold. In scripts and
// event handlers it reads JavaScript, in styles CSS, in attributes that take addresses URLs, in srcdoc and in scripts of a template type HTML
// again. Expressions of front-end frameworks (@click, x-on:click, v-if, :href, (click), ng-click, hx-on:click) are JavaScript. Pages that
// browsers read as XML follow its rules ([Page]).
//
// # What a value becomes
//
// As little as is needed is done. In the text of a page and in most quoted attributes a value is escaped as Jinja escapes it. A URL whose
// scheme is harmless stays as it is; one that is not becomes #blocked. A value in the query of a URL cannot end there. In a script a value is
// a JavaScript value or the content of a string, never code. In CSS it is a plain value, or the word blocked. Names of elements are
// harmless ones; names of attributes decide what their values are escaped for, and those of code, and those that change what others mean, are blocked. In comments of scripts and styles it is left out.
//
// No value changes which elements, attributes and tokens a page has, not even two values side by side that are harmless alone.
package escape

// A State is a place in a page: in text, in a tag, in which kind of attribute and quotes, in script or style, in a URL. It is comparable
// and small; the zero State is the text of an HTML page, and [Page] returns that of others. States are values: nothing is shared.
type State struct {
	word    uint64 // the hash of a name, a scheme or an identifier that text has begun
	stack   uint64 // the brackets of JavaScript that are open; the last bytes of an attribute's name
	foreign uint16 // svg and math around, two bits for each, or xmlPage
	place   place
	outer   outer // what the page is that this place belongs to
	element element
	attr    attribute
	quote   byte    // around the attribute: " or ' or none
	content content // of text: of a script or style inside svg
	script  content // what the tag's type makes of a script
	mode    mode    // in JavaScript or CSS
	url     urlPart
	step    uint8 // how much has been read of what opens or ends a comment, a CDATA section, a token
	end     uint8 // how much has been read of the end tag of raw text
	raw     uint8 // whether a script has a comment open, and a script in it
	last    byte  // the last byte that meant something
	flags   flags
}

// A place is where the tokenizer of HTML is.
type place uint8

const (
	inText        place = iota
	inTagOpen           // behind <
	inEndTagOpen        // behind </
	inDeclaration       // behind <!
	inBogus             // a comment that ends with >, and a doctype
	inComment           // behind <!--
	inCDATA             // behind <![CDATA[ in svg
	inTagName           //
	inTag               // where an attribute may begin
	inName              // an attribute's name
	inAfterName         // where = may follow
	inBeforeValue       // behind =
	inValue             // an attribute's value
	inRCDATA            // title, textarea
	inRaw               // iframe, xmp ...
	inScript            //
	inStyle             //
)

// An outer is what a page stands in.
type outer uint8

const (
	noOuter      outer = iota
	srcdocDouble       // <iframe srcdoc="
	srcdocSingle       // <iframe srcdoc='
	srcdocBare         // <iframe srcdoc=
	xmlDouble          // <iframe srcdoc=" in XML
	xmlSingle          // <iframe srcdoc=' in XML
	scriptOfText       // <script type="text/template">
)

// Flags are what a State remembers beside.
type flags uint16

const (
	endTag    flags = 1 << iota // the tag is an end tag
	slashed                     // the tag's last byte was /
	regex                       // a slash begins a regular expression
	wasRegex                    // it did before the last + or -
	inWord                      // the word may go on
	number                      // the word is a number
	escaped                     // a backslash waits
	fresh                       // the line has begun with nothing but spaces
	mixed                       // a value has a part in the word
	reference                   // text has ended in what may become a character reference
	outerRef                    // so it has in srcdoc
	eventName                   // the attribute's name begins with on
	urlName                     // the attribute's name contains src, uri or url
	dataName                    // the attribute's name begins with data-
	codeName                    // the attribute's name is a front-end framework's, whose value is an expression
	badURL                      // text has made a URL of a value that runs as script
)

func (s *State) has(f flags) bool { return s.flags&f != 0 }
func (s *State) set(f flags)      { s.flags |= f }
func (s *State) clear(f flags)    { s.flags &^= f }

// put sets or clears f.
func (s *State) put(f flags, on bool) {
	if on {
		s.flags |= f
		return
	}
	s.flags &^= f
}

// Plain reports whether s is the text of a page, where HTML escaping as Jinja's is all that is needed, and leaves s as it is.
// Markup may move it even there.
func (s State) Plain() bool { return s.place == inText && s.outer == noOuter && s.content == noContent }

// Script reports whether s wants a JavaScript value: numbers, lists and dicts stand there as JSON (tojson), which [State.AppendMarkup] takes as
// markup in JavaScript.
func (s State) Script() bool {
	s.settle()
	return s.language() == inJavaScript && s.mode == jsCode
}

// A language is what a place is written in, below HTML.
type language uint8

const (
	inHTML language = iota
	inJavaScript
	inCSS
	inURL
)

// language returns what s is written in.
func (s *State) language() language {
	switch {
	case s.place == inScript, s.content == ofScript && (s.place == inText || s.place == inCDATA):
		return inJavaScript
	case s.place == inStyle, s.content == ofStyle && (s.place == inText || s.place == inCDATA):
		return inCSS
	case s.place == inValue || s.place == inBeforeValue:
		return s.attr.language(s.url)
	}
	return inHTML
}

// settle decides what a slash is that text has ended with, since a value follows.
func (s *State) settle() {
	if s.language() == inJavaScript && s.mode == jsCode && s.step == stepSlash {
		s.jsSlash()
	}
}
