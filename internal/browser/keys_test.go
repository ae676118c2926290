package browser_test

import (
	"github.com/chromedp/chromedp/kb"
)

// markControls numbers what Tab must lead to, in the order of the document, and remembers how it looks without the focus.
// It puts the focus before the first of them, and returns their names.
const markControls = `(() => {
	const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex]")]
		.filter(e => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}));
	const look = e => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor, s.borderColor].join() };
	document.body.tabIndex = -1;
	document.body.focus();
	document.body.removeAttribute("tabindex");
	window.walk = {controls, look, plain: controls.map(look)};
	return controls.map(` + nameOf + `);
})()`

// A stop is where the focus is after a press of Tab.
type stop struct {
	At      int    // the number of the control, -1 for none of them
	Name    string // what it is called
	Seen    bool   // it looks otherwise than without the focus
	Inside  bool   // it is on the screen
	Covered bool   // something lies over all of it
	Top     int    // where it is in the document, in pixels
	Bottom  int
	Fixed   bool // it stays where it is when the page moves
}

// whereFocusIs returns a stop.
const whereFocusIs = `(() => {
	const e = document.activeElement, at = walk.controls.indexOf(e), box = e.getBoundingClientRect(), style = getComputedStyle(e);
	const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
	const points = [[.5, .5], [.02, .1], [.98, .1], [.02, .9], [.98, .9]].map(([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
	let fixed = false;
	for (let a = e; a; a = a.parentElement) fixed ||= ["fixed", "sticky"].includes(getComputedStyle(a).position);
	return {
		At: at, Name: ` + nameOf + `(e), Seen: at >= 0 && walk.look(e) !== walk.plain[at] && (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== "none"),
		Inside: inside, Covered: inside && !points.some(p => p && (e.contains(p) || p.contains(e))),
		Top: Math.round(box.top + scrollY), Bottom: Math.round(box.bottom + scrollY), Fixed: fixed,
	};
})()`

// walk presses Tab through the whole page: each control has its turn, in the order of the page, and shows that it has the
// focus, and nothing hides it.
func (p *tab) walk(name string) {
	p.t.Helper()
	controls := ask[[]string](p, markControls)
	var last stop
	for i, control := range controls {
		p.press(kb.Tab)
		s := ask[stop](p, whereFocusIs)
		switch {
		case s.At != i:
			p.t.Errorf("%s: press %d of Tab leads to %q, want %q", name, i+1, s.Name, control)
			return
		case !s.Seen:
			p.t.Errorf("%s: %q does not show that it has the focus", name, control)
		case !s.Inside:
			p.t.Errorf("%s: %q has the focus and is not on the screen", name, control)
		case s.Covered:
			p.t.Errorf("%s: %q has the focus and something lies over it", name, control)
		case i > 0 && !s.Fixed && !last.Fixed && s.Bottom <= last.Top:
			p.t.Errorf("%s: Tab leads up from %q to %q", name, last.Name, control)
		}
		last = s
	}
	p.runs(`document.activeElement.blur(); scrollTo(0, 0)`)
}
