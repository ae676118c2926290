package escape

import "strings"

// xmlPage is the foreign of pages that are XML, where no element has rules of its own for what is in it, but for scripts and styles.
const xmlPage uint16 = 0xffff

// Page returns where a page begins that a template of that name makes: browsers read .xhtml, .svg and .xml as XML, others as HTML. Where a
// template is included, it goes on with the page that it is part of.
func Page(name string) State {
	for _, ext := range []string{".xhtml", ".svg", ".xml"} {
		if strings.HasSuffix(strings.ToLower(name), ext) {
			return State{foreign: xmlPage}
		}
	}
	return State{}
}

// xml reports whether s is in a page that is XML.
func (s *State) xml() bool { return s.foreign == xmlPage }

// inXML goes into or out of an element of XML.
func (s *State) inXML(e element, script content, closing, slash bool) {
	switch {
	case closing, slash:
	case e == scriptElement && script != ofText:
		s.content = ofScript
		s.beginJS()
	case e == styleElement:
		s.content, s.word = ofStyle, noWord
	}
}

// elementName goes on with the name of an element. In XML what is before a colon does not matter.
func (s *State) elementName(word uint64, c byte) uint64 {
	if c == ':' && s.xml() {
		return noWord
	}
	return hashed(word, lower(c))
}

// behindDocument returns the State behind srcdoc.
func (o outer) behindDocument() State {
	s := State{place: inTag, element: iframeElement, script: ofScript}
	if o == xmlDouble || o == xmlSingle {
		s.foreign = xmlPage
	}
	return s
}
