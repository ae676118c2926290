package browser_test

import (
	"fmt"

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

// walk presses Tab through the whole page: each control has its turn, in the order of the page, shows that it has the
// focus, and is hidden by nothing. It returns what is wrong.
func (p *tab) walk() (faults []string) {
	p.t.Helper()
	var last stop
	for i, control := range ask[[]string](p, markControls) {
		p.press(kb.Tab)
		s := ask[stop](p, whereFocusIs)
		if s.At != i {
			return append(faults, fmt.Sprintf("press %d of Tab leads to %q, want %q", i+1, s.Name, control))
		}
		if fault := s.fault(last); fault != "" {
			faults = append(faults, fmt.Sprintf("%q %s", control, fault))
		}
		last = s
	}
	p.runs(`document.activeElement.blur(); scrollTo(0, 0)`)
	return faults
}

// fault returns what is wrong with a stop that comes after another.
func (s stop) fault(last stop) string {
	switch {
	case !s.Seen:
		return "does not show that it has the focus"
	case !s.Inside:
		return "has the focus and is not on the screen"
	case s.Covered:
		return "has the focus and something lies over it"
	case s.At > 0 && !s.Fixed && !last.Fixed && s.Bottom <= last.Top:
		return "comes after what is below it"
	}
	return ""
}
