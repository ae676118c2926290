package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// A screen is what a page is shown on.
type screen struct {
	name          string
	width, height int64
	mobile        bool
}

// The screens. Nothing may have to be moved sideways on the narrow one (WCAG 1.4.10).
var (
	phone  = screen{"phone", 390, 844, true}
	desk   = screen{"desk", 1280, 800, false}
	narrow = screen{"narrow", 320, 640, true}
)

// rules are what every page has to keep.
const rules = `{runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
	rules: {"target-size": {enabled: true}}, resultTypes: ["violations"], preload: false}`

// checkPage has axe-core look at the page, and returns what is wrong.
const checkPage = `axe.run(document, ` + rules + `).then(found => {
	if (found.passes.length === 0) throw new Error("axe-core has checked nothing");
	return found.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + ": " + n.html.slice(0, 200) + "\n" + n.failureSummary));
})`

func (p *tab) resize(s screen) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: s.width, Height: s.height, DeviceScaleFactor: 1, Mobile: s.mobile,
	})
}

func (p *tab) paint(scheme string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// looks reports what is wrong with the page in the tab.
func (p *tab) looks(name string) {
	p.t.Helper()
	for _, fault := range p.inspect(name) {
		p.t.Errorf("%s, %s", name, fault)
	}
}

// inspect looks at the page: on a phone and a desk, in light and dark, with the eyes of axe-core, on a narrow screen, and
// with the Tab key alone. It returns what is wrong.
func (p *tab) inspect(name string) (faults []string) {
	p.t.Helper()
	if !ask[bool](p, `"axe" in window`) {
		p.runs(p.b.axe)
	}
	for _, s := range []screen{phone, desk} {
		p.resize(s)
		for _, scheme := range []string{"dark", "light"} {
			p.paint(scheme)
			for _, fault := range ask[[]string](p, checkPage) {
				faults = append(faults, s.name+", "+scheme+": "+fault)
			}
			p.drawIfAsked(name, s, scheme)
		}
		for _, fault := range p.walk() {
			faults = append(faults, s.name+": "+fault)
		}
	}
	p.resize(narrow)
	if width := ask[int64](p, "document.documentElement.scrollWidth"); width > narrow.width {
		faults = append(faults, fmt.Sprintf("narrow: it is %d pixels wide on a screen of %d: %s", width, narrow.width, ask[string](p, widest)))
	}
	p.drawIfAsked(name, narrow, "light")
	p.resize(desk)
	return faults
}

// widest names what reaches furthest to the right.
const widest = `[...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > 321).
	map(e => e.tagName + "." + e.className + " " + Math.round(e.getBoundingClientRect().right)).slice(0, 8).join(", ")`

func (p *tab) drawIfAsked(name string, s screen, scheme string) {
	p.t.Helper()
	if *pictures == "" {
		return
	}
	if err := os.MkdirAll(*pictures, 0o755); err != nil {
		p.t.Fatal(err)
	}
	name = strings.NewReplacer(" ", "-", ",", "").Replace(name)
	p.picture(filepath.Join(*pictures, name+"-"+s.name+"-"+scheme+".png"))
}

// shows draws a picture for the guide, with -update. The folder of the programs gets a name that reads well.
func (p *tab) shows(file, scheme string, width, height int64) {
	p.t.Helper()
	if !*update {
		return
	}
	p.resize(screen{"guide", width, height, false})
	p.paint(scheme)
	p.runs(`document.activeElement?.blur(); scrollTo(0, 0)`)
	p.runs(`for (const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); texts.nextNode();)
		texts.currentNode.data = texts.currentNode.data.replaceAll(` + quote(filepath.Join(workshop(), "sqlite")) + `, "/home/me")`)
	p.picture(filepath.Join("..", "..", "docs", "guide", "img", file))
	p.resize(desk)
	p.paint("light")
}
