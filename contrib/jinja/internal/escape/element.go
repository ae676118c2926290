package escape

// An element is a kind of element, as far as it matters.
type element uint8

const (
	plainElement element = iota
	scriptElement
	styleElement
	titleElement
	textareaElement
	iframeElement
	xmpElement
	noembedElement
	noframesElement
	plaintextElement
	svgElement
	mathElement
	islandElement   // foreignObject and its like, which have HTML inside svg and math
	htmlElement     // what ends svg and math, wherever it stands
	metaElement     //
	imageElement    // what shows pictures
	animateElement  // what sets attributes of svg
	powerfulElement // what loads or redirects, and so is no name for a value
)

var elements = hashNames(map[string]element{
	"script": scriptElement, "style": styleElement, "title": titleElement, "textarea": textareaElement, "iframe": iframeElement, "xmp": xmpElement,
	"noembed": noembedElement, "noframes": noframesElement, "plaintext": plaintextElement, "svg": svgElement, "math": mathElement,

	"foreignobject": islandElement, "desc": islandElement, "mi": islandElement, "mo": islandElement, "mn": islandElement, "ms": islandElement,
	"mtext": islandElement, "annotation-xml": islandElement,

	"b": htmlElement, "big": htmlElement, "blockquote": htmlElement, "body": htmlElement, "br": htmlElement, "center": htmlElement, "code": htmlElement,
	"dd": htmlElement, "div": htmlElement, "dl": htmlElement, "dt": htmlElement, "em": htmlElement, "h1": htmlElement, "h2": htmlElement,
	"h3": htmlElement, "h4": htmlElement, "h5": htmlElement, "h6": htmlElement, "head": htmlElement, "hr": htmlElement, "i": htmlElement,
	"li": htmlElement, "listing": htmlElement, "menu": htmlElement, "nobr": htmlElement, "ol": htmlElement, "p": htmlElement, "pre": htmlElement,
	"ruby": htmlElement, "s": htmlElement, "small": htmlElement, "span": htmlElement, "strong": htmlElement, "strike": htmlElement,
	"sub": htmlElement, "sup": htmlElement, "table": htmlElement, "tt": htmlElement, "u": htmlElement, "ul": htmlElement, "var": htmlElement,

	"meta": metaElement, "img": imageElement, "input": imageElement, "image": imageElement, "source": imageElement, "video": imageElement, "picture": imageElement,
	"animate": animateElement, "set": animateElement, "animatetransform": animateElement, "animatemotion": animateElement, "animatecolor": animateElement,

	"base": powerfulElement, "link": powerfulElement, "object": powerfulElement, "embed": powerfulElement, "applet": powerfulElement, "frame": powerfulElement,
	"frameset": powerfulElement, "noscript": powerfulElement, "template": powerfulElement, "form": powerfulElement, "param": powerfulElement, "html": powerfulElement,
})

// Namespaces of foreign, innermost in the last two bits.
const (
	svg    uint16 = 1
	math   uint16 = 2
	island uint16 = 3
)

// enter goes into an element of HTML.
func (s *State) enter(e element, script content, slash bool) {
	switch e {
	case scriptElement:
		s.beginScript(script)
	case styleElement:
		s.place, s.element, s.mode = inStyle, e, cssCode
		s.word = noWord
	case titleElement, textareaElement:
		s.place, s.element = inRCDATA, e
	case iframeElement, xmpElement, noembedElement, noframesElement, plaintextElement:
		s.place, s.element = inRaw, e
	case svgElement, mathElement:
		if !slash {
			s.foreign = s.foreign<<2 | namespace(e)
		}
	}
}

// beginScript goes into a script.
func (s *State) beginScript(script content) {
	if script == ofText {
		s.outer = scriptOfText
		return
	}
	s.place, s.element = inScript, scriptElement
	s.beginJS()
}

func namespace(e element) uint16 {
	if e == svgElement {
		return svg
	}
	return math
}

// inForeign goes into or out of an element of svg or math.
func (s *State) inForeign(e element, script content, closing, slash bool) {
	switch {
	case closing:
		if e == svgElement || e == mathElement {
			s.foreign >>= 2
		}
	case e == htmlElement, e == metaElement:
		for s.foreign != 0 && s.foreign&3 != island {
			s.foreign >>= 2
		}
	case slash:
	case e == svgElement, e == mathElement:
		s.foreign = s.foreign<<2 | namespace(e)
	case e == islandElement, e == titleElement && s.foreign&3 == svg:
		s.foreign = s.foreign<<2 | island
	case e == scriptElement && script != ofText:
		s.content = ofScript
		s.beginJS()
	case e == styleElement:
		s.content, s.word = ofStyle, noWord
	}
}

// leave goes out of an element of HTML that lies in svg or math.
func (s *State) leave(e element) {
	switch {
	case s.foreign == 0:
	case e == islandElement, e == titleElement:
		s.foreign >>= 2
	case e == svgElement, e == mathElement:
		s.foreign >>= 4
	}
}

// harmless reports whether a value may make such an element.
func (e element) harmless() bool {
	return e == plainElement || e == htmlElement || e == imageElement
}

// name returns the name of an element whose content ends only with its end tag.
func (e element) name() string {
	switch e {
	case scriptElement:
		return "script"
	case styleElement:
		return "style"
	case titleElement:
		return "title"
	case textareaElement:
		return "textarea"
	case iframeElement:
		return "iframe"
	case xmpElement:
		return "xmp"
	case noembedElement:
		return "noembed"
	case noframesElement:
		return "noframes"
	case plaintextElement:
		return "plaintext"
	}
	return ""
}
