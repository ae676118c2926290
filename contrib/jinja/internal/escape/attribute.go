package escape

// An attribute is a kind of attribute.
type attribute uint8

const (
	plainAttr  attribute = iota
	urlAttr              // one URL
	imageAttr            // one URL of a picture, which may be data:
	maybeURL             // a URL, as far as the name tells: only script is blocked there
	urlList              // URLs with spaces or commas between
	scriptAttr           // JavaScript
	exprAttr             // a front-end framework's expression
	styleAttr            // CSS
	srcdocAttr           // HTML
	typeAttr             // what makes a script of a script
	metaAttr             // content of meta
	linkedAttr           // decides what other attributes mean: nothing for a value to be named
)

var attributes = hashNames(map[string]attribute{
	"href": urlAttr, "src": urlAttr, "action": urlAttr, "formaction": urlAttr, "poster": urlAttr, "cite": urlAttr, "data": urlAttr,
	"background": urlAttr, "manifest": urlAttr, "longdesc": urlAttr, "usemap": urlAttr, "codebase": urlAttr, "classid": urlAttr, "profile": urlAttr,
	"icon": urlAttr, "dynsrc": urlAttr, "lowsrc": urlAttr, "base": urlAttr, "ping": urlList, "srcset": urlList, "imagesrcset": urlList, "archive": urlList,
	"hx-get": urlAttr, "hx-post": urlAttr, "hx-put": urlAttr, "hx-patch": urlAttr, "hx-delete": urlAttr, "xmlns": maybeURL,
	"style": styleAttr, "srcdoc": srcdocAttr, "type": typeAttr, "content": metaAttr, "to": maybeURL, "from": maybeURL, "by": maybeURL, "values": maybeURL,
	"http-equiv": linkedAttr, "charset": linkedAttr, "language": linkedAttr, "attributename": linkedAttr, "is": linkedAttr, "sandbox": linkedAttr,
	"integrity": linkedAttr, "nonce": linkedAttr, "async": linkedAttr, "allow": linkedAttr, "csp": linkedAttr, "crossorigin": linkedAttr, "defer": linkedAttr,
	"shadowrootmode": linkedAttr, "autofocus": plainAttr, "download": plainAttr, "code": linkedAttr,
})

// named returns the kind of the attribute whose name has been read.
func (s *State) named() attribute {
	kind, known := attributes[s.word]
	switch {
	case s.has(codeName):
		return s.namedCode()
	case s.has(dataName):
		return s.namedData(kind)
	case s.has(eventName):
		return scriptAttr
	case !known && expressions[s.word]:
		return exprAttr
	case !known && s.has(urlName):
		return maybeURL
	}
	return s.inElement(kind)
}

// namedData returns the kind of a data- attribute, which only scripts of the page look at.
func (s *State) namedData(kind attribute) attribute {
	if expressions[s.word] || s.word == bind {
		return exprAttr
	}
	if s.has(urlName) || kind == urlAttr || kind == urlList {
		return maybeURL
	}
	return plainAttr
}

// inElement returns what an attribute is in the element it stands in.
func (s *State) inElement(kind attribute) attribute {
	e := s.element
	switch {
	case s.has(endTag):
		return kind
	case kind == urlAttr && e == imageElement:
		return imageAttr
	case kind == srcdocAttr && e != iframeElement, kind == metaAttr && e != metaElement, kind == typeAttr && e != scriptElement, kind == maybeURL && e != animateElement && !s.has(urlName):
		return plainAttr
	}
	return kind
}

// valueMayName reports whether a value may be the name of an attribute of the kind that s has read. What the attribute's value is escaped for
// follows from the name; but the value may be the template's, and so a name must not make code of it, nor decide about other attributes, nor say
// where a script comes from.
func (s *State) valueMayName() bool {
	if s.has(codeName|eventName) || expressions[s.word] {
		return false
	}
	switch s.named() {
	case linkedAttr, typeAttr, scriptAttr, exprAttr, srcdocAttr:
		return false
	case urlAttr, maybeURL:
		return s.element != scriptElement
	}
	return true
}

// code reports whether an attribute's value is code, or a page.
func (a attribute) code() bool {
	return a == scriptAttr || a == exprAttr || a == styleAttr || a == srcdocAttr
}

// language returns what an attribute's value is written in.
func (a attribute) language(part urlPart) language {
	switch a {
	case scriptAttr, exprAttr:
		return inJavaScript
	case styleAttr:
		return inCSS
	case urlAttr, imageAttr, maybeURL, urlList, metaAttr:
		if part == urlScript {
			return inJavaScript
		}
		return inURL
	}
	return inHTML
}
