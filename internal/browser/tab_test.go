package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A tab shows one site to one visitor, who has cookies of their own.
type tab struct {
	t    *testing.T
	ctx  context.Context
	b    *browser
	site string
	wait time.Duration // how long until waits

	mu     sync.Mutex
	faults []string // what the browser says of scripts that fail and of what a policy forbids
}

// open opens a tab for a site, such as http://127.0.0.1:5000.
func open(t *testing.T, site string) *tab {
	t.Helper()
	b := start(t)
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // a bound on what opens the tab would bind the browser
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 3*patience)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx, b: b, site: site, wait: time.Minute}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	call(p, log.Enable, cdp.Empty{})
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.resize(desk)
	t.Cleanup(p.end)
	return p
}

// listen notes what goes wrong in pages.
func (p *tab) listen(event any) {
	var fault string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = fmt.Sprint(e.ExceptionDetails.Text, " ", e.ExceptionDetails.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source != log.EntrySourceNetwork {
			fault = e.Entry.Text
		}
	}
	if fault != "" {
		p.mu.Lock()
		p.faults = append(p.faults, fault)
		p.mu.Unlock()
	}
}

// end reports what went wrong in pages, and where the tab was when the test failed.
func (p *tab) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, fault := range p.faults {
		p.t.Errorf("the browser says: %s", fault)
	}
	if p.t.Failed() {
		p.t.Logf("the tab was at %s", p.describe())
	}
}

// describe returns what is in the tab, in short.
func (p *tab) describe() string {
	text, err := try[string](p, `location.href + "\n" + document.body.innerText.slice(0, 1500)`)
	if err != nil {
		return err.Error()
	}
	return text
}

// do runs actions that must succeed.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// call sends a command to the browser that must succeed.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, command, params); err != nil {
		p.t.Fatal(err)
	}
}

// visit loads a path of the site.
func (p *tab) visit(path string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Navigate(p.site+path)); err != nil {
		p.t.Fatalf("visit %s: %v", p.site+path, err)
	}
}

// try evaluates JavaScript once. A page that is being left may make it fail.
func try[T any](p *tab, script string) (T, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// ask evaluates JavaScript that must succeed.
func ask[T any](p *tab, script string) T {
	p.t.Helper()
	value, err := try[T](p, script)
	if err != nil {
		p.t.Fatalf("%v in %.200s", err, script)
	}
	return value
}

// runs runs JavaScript that must succeed.
func (p *tab) runs(script string) {
	p.t.Helper()
	ask[chromedp.Void](p, script)
}

// until waits for a page that is loaded and for which the JavaScript is true.
func (p *tab) until(what, script string) {
	p.t.Helper()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	late := time.After(p.wait)
	for {
		holds, err := try[bool](p, `document.readyState === "complete" && !!(`+script+`)`)
		if err == nil && holds {
			return
		}
		select {
		case <-poll.C:
		case <-late:
			p.t.Fatalf("waited in vain until %s: %v", what, err)
		}
	}
}

// sees waits until a text is on the page.
func (p *tab) sees(text string) {
	p.t.Helper()
	p.until("the page has "+text, "document.body.innerText.includes("+quote(text)+")")
}

// comesTo waits until the tab is at a path.
func (p *tab) comesTo(path string) {
	p.t.Helper()
	p.until("the tab is at "+path, "location.pathname === "+quote(path))
}

// lacks reports a text that is on the page and should not be.
func (p *tab) lacks(text string) {
	p.t.Helper()
	if ask[bool](p, "document.documentElement.outerHTML.includes("+quote(text)+")") {
		p.t.Errorf("%s is on the page %s", text, p.describe())
	}
}

// quote returns a text as JavaScript.
func quote(text string) string {
	quoted, _ := json.Marshal(text) // no string fails
	return string(quoted)
}

// nameOf is a function of JavaScript that returns what a control is called.
const nameOf = `(e => (e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText || e.value || e.tagName).trim().split("\n")[0])`

// to presses Tab until the control of that name has the focus. A name that ends in "…" is the beginning of one.
func (p *tab) to(name string) {
	p.t.Helper()
	beginning, cut := strings.CutSuffix(name, "…")
	found := nameOf + "(document.activeElement) === " + quote(name)
	if cut {
		found = nameOf + "(document.activeElement).startsWith(" + quote(beginning) + ")"
	}
	var passed []string
	for range 200 {
		p.press(kb.Tab)
		if ask[bool](p, "document.activeElement !== document.body && "+found) {
			return
		}
		passed = append(passed, ask[string](p, nameOf+"(document.activeElement)"))
	}
	p.t.Fatalf("Tab does not lead to %q, but to %.400q on %s", name, passed, p.describe())
}

// press presses a key, or types a text.
func (p *tab) press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// fill goes to a field by keyboard and writes over what is in it.
func (p *tab) fill(name, text string) {
	p.t.Helper()
	p.to(name)
	p.runs(`document.activeElement.select()`) // what Ctrl-A does
	p.press(text)
}

// push goes to a link or a button by keyboard and presses Enter.
func (p *tab) push(name string) {
	p.t.Helper()
	p.to(name)
	p.press(kb.Enter)
}

// pushAndAnswer pushes a button that asks back, and answers.
func (p *tab) pushAndAnswer(name string, yes bool) {
	p.t.Helper()
	asked := make(chan struct{})
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	err := chromedp.Listen(ctx, func(event any) {
		if _, ok := event.(*page.EventJavascriptDialogOpening); ok {
			close(asked)
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.to(name)
	pressed := make(chan error, 1)
	go func() { pressed <- chromedp.Do(p.ctx, chromedp.KeyEvent(kb.Enter)) }()
	select {
	case <-asked:
	case <-p.ctx.Done():
		p.t.Fatalf("%q does not ask back", name)
	}
	call(p, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: yes})
	if err := <-pressed; err != nil {
		p.t.Fatal(err)
	}
}

// mayRead lets the site read the clipboard.
func (p *tab) mayRead() {
	p.t.Helper()
	call(p, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
		Permission: &cdpbrowser.PermissionDescriptor{Name: "clipboard-read"}, Setting: cdpbrowser.PermissionSettingGranted,
		Origin: p.site, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	})
}

// picture draws what is in the tab into a file.
func (p *tab) picture(file string) {
	p.t.Helper()
	drawn, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, drawn, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// once is a text that no other visitor and no other run has.
func once(prefix string) string {
	return fmt.Sprintf("%s%d", prefix, time.Now().UnixNano())
}
