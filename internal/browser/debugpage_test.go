package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

func TestDebugPage(t *testing.T) {
	t.Parallel()
	p := runShop(t)
	for _, c := range []struct {
		name, path string
		sees       []string
	}{
		{"wrapped errors", "/orders/7", []string{"show the order: find order 7", "no such table", "Cure:", "Causes", "*fmt.wrapError", "*sqlite.Error"}},
		{"a panic", "/orders/7/invoice", []string{"index out of range", "firstLine", "orders.go", "return order.Lines[0]"}},
		{"a template", "/orders/7/receipt", []string{"Totl", "orders/receipt.html", "line 8", "Total: {{.order.Totl}}"}},
		{"404", "/order/7", []string{"404", "The nearest rules", "/orders/{id:int}"}},
		{"405", "/orders/import", []string{"405", "The nearest rules", "/orders/import", "POST"}},
	} {
		p.visit(c.path)
		for _, text := range c.sees {
			p.sees(text)
		}
		p.looks("debug page of " + c.name)
	}
}

// TestDebugPage_OpensByKeyboard opens what is folded, and copies the report.
func TestDebugPage_OpensByKeyboard(t *testing.T) {
	t.Parallel()
	p := runShop(t)
	p.visit("/orders/7/invoice?word=hush-hush")
	p.shows("debug-page.png", "light", 1000, 720)
	p.shows("debug-page-dark.png", "dark", 1000, 720)
	if hidden := ask[int](p, `[...document.querySelectorAll("details:not(.own):not([open])")].length`); hidden < 4 {
		t.Errorf("folded at first: %d, want the calls of others and the tables", hidden)
	}
	folded := "dewar and other modules"
	if ask[bool](p, `[...document.querySelectorAll("details:not([open]) li")].some(e => e.checkVisibility())`) {
		t.Error("calls of other modules show before they are opened")
	}
	p.until("there are calls of others", "document.body.innerText.includes("+quote(folded)+")")
	for range ask[int](p, `document.querySelectorAll("main details:not([open]) > summary").length`) {
		p.runs(`document.querySelector("main details:not([open]) > summary").setAttribute("aria-label", "the next that is folded")`)
		p.to("the next that is folded")
		p.press(" ")
		p.until("it is open", `document.activeElement.parentElement.open`)
		p.runs(`document.activeElement.removeAttribute("aria-label")`)
	}
	p.sees("PASSWORD_METHOD") // of the configuration
	p.looks("debug page with all of it open")

	p.b.clipboard.Lock()
	defer p.b.clipboard.Unlock()
	p.mayRead()
	p.push("Copy the report")
	p.sees("Copied.")
	report := ask[string](p, "navigator.clipboard.readText()")
	for _, want := range []string{"index out of range", "firstLine", "orders.go", "GET"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	if strings.Contains(report, "hush-hush") || strings.Contains(report, "scrypt") {
		t.Errorf("the report has values:\n%s", report)
	}
}

func TestDebugPage_WithoutJavaScript(t *testing.T) {
	t.Parallel()
	p := runShop(t)
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.visit("/orders/7/invoice")
	p.sees("return order.Lines[0]")
	if ask[bool](p, `document.getElementById("copy").checkVisibility()`) {
		t.Error("there is a button that does nothing without JavaScript")
	}
	p.to("Show the report")
	p.press(kb.Enter)
	p.until("the report shows", `document.getElementById("report").checkVisibility()`)
	if report := ask[string](p, `document.getElementById("report").value`); !strings.Contains(report, "index out of range") {
		t.Errorf("the report is %q", report)
	}
}
