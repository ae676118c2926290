package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

const toolbarPath = "/_debug/toolbar/"

// TestToolbar_Bar folds and unfolds the bar, and follows its links.
func TestToolbar_Bar(t *testing.T) {
	t.Parallel()
	p := runShop(t)
	p.visit("/orders/busy")
	p.sees("Visit 1")
	const open = `document.querySelector(".dewar-toolbar details").open`
	if ask[bool](p, open) {
		t.Error("the bar is unfolded at first")
	}
	p.looks("page with a folded bar")
	p.to("200 · …")
	p.press(" ")
	p.until("the bar is unfolded", open)
	p.looks("page with an unfolded bar")
	p.to("200 · …")
	p.press(kb.Enter)
	p.until("the bar is folded", "!"+open)
	p.press(kb.Enter)
	p.push("This request")
	p.sees("Waterfall")
	p.push("All requests of shop")
	p.comesTo(toolbarPath)
	p.sees("/orders/busy")
}

// TestToolbar_List sees requests come while it is open.
func TestToolbar_List(t *testing.T) {
	t.Parallel()
	p := runShop(t)
	p.visit(toolbarPath)
	p.sees("Nothing yet.")
	p.looks("toolbar with nothing in it")
	p.sees("Live")
	other := open(t, p.site)
	for _, path := range []string{"/orders/7/invoice", "/orders/busy", "/account", "/orders/nothing/of/the/kind/" + strings.Repeat("and_on", 20)} {
		other.visit(path)
	}
	for _, path := range []string{"/orders/7/invoice", "/orders/busy", "/account", "/auth/login", "/orders/nothing"} {
		p.sees(path)
	}
	p.lacks("Nothing yet.")
	p.lacks(toolbarPath + "events")
	p.lacks("/favicon.ico") // which the pages of dewar need none of
	p.looks("toolbar with requests")
	p.push("GET /account")
	p.sees("302")
}

// TestToolbar_Request reads the page of a request, repeats it, and copies it as a test.
func TestToolbar_Request(t *testing.T) {
	t.Parallel()
	p := runShop(t)
	p.visit("/orders/busy")
	p.fill("Coupon", "hush-hush")
	p.push("Use it")
	p.sees("Visit 2")
	p.visit(toolbarPath)
	p.push("POST /orders/busy")
	for _, text := range []string{
		"Waterfall", "Rule", "/orders/busy", "SELECT name FROM users", "×3", "looking for the price", "/healthz", "orders/busy.html",
		"Session", "visits", "Flash", "coupon", "text, 9 characters", "As a test",
	} {
		p.sees(text)
	}
	p.lacks("hush-hush")
	drawn := ask[int](p, `document.querySelectorAll("svg.waterfall g").length`)
	if listed := ask[int](p, `document.querySelectorAll("table.entries tbody tr").length`); drawn < 10 || drawn != listed {
		t.Errorf("the waterfall has %d rows, and the table %d", drawn, listed)
	}
	p.shows("toolbar.png", "light", 1000, 760)
	p.to("As a table, with arguments")
	p.press(kb.Enter)
	p.looks("request in the toolbar")
	p.push("Repeat this request")
	p.sees("a repeat of")
	p.sees("POST /orders/busy")
	p.looks("repeated request in the toolbar")

	p.b.clipboard.Lock()
	defer p.b.clipboard.Unlock()
	p.mayRead()
	p.push("Copy as dewartest")
	p.sees("Copied.")
	source := ask[string](p, "navigator.clipboard.readText()")
	if !strings.Contains(source, "dewartest") || !strings.Contains(source, "/orders/busy") || strings.Contains(source, "hush-hush") {
		t.Errorf("what was copied:\n%s", source)
	}
	p.visit(toolbarPath + "gone")
	p.sees("Nothing here any more")
	p.looks("toolbar without the request")
}
