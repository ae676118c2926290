package browser_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// library is the example of an API.
var library = built("library", filepath.Join("..", "..", "_examples"), "./openapi")

// TestAPIPage reads the page of an API, and tries an operation on it. The browser asks no other site for anything.
func TestAPIPage(t *testing.T) {
	t.Parallel()
	start(t)
	p := open(t, run(t, t.TempDir(), []string{"FLASK_SECRET_KEY=" + once("a long text of the browser's test ")}, must(t)(library())).site)
	var mu sync.Mutex
	var asked []string
	err := chromedp.Listen(p.ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			mu.Lock()
			asked = append(asked, e.Request.URL)
			mu.Unlock()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	call(p, network.Enable, network.EnableParams{})
	p.visit("/docs/")
	for _, text := range []string{"Library", "OAS 3.1", "Add a book", "/books/{id}/cover"} {
		p.sees(text)
	}
	p.runs(`document.querySelector(".opblock-post button.opblock-summary-control").click()`)
	p.sees("There is such a book already.")
	p.until("an operation can be tried", `document.querySelector(".try-out__btn")`)
	p.runs(`document.querySelector(".try-out__btn").click()`)
	p.until("it can be sent", `document.querySelector(".execute")`)
	p.runs(`document.querySelector(".execute").click()`)
	p.until("the answer is there", `document.querySelector(".live-responses-table")`)
	p.sees("application/problem+json") // the body that Swagger UI makes up breaks a rule, or is taken
	p.runs(`document.querySelectorAll(".opblock-post button.opblock-summary-control")[1].click()`)
	p.until("an upload can be tried", `document.querySelectorAll(".try-out__btn:not(.cancel)")[0]`)
	p.runs(`document.querySelector(".try-out__btn:not(.cancel)").click()`)
	p.until("there is a field for a file", `document.querySelector("input[type=file]")`)
	if *pictures != "" {
		p.picture(filepath.Join(*pictures, "api-page.png"))
	}
	mu.Lock()
	defer mu.Unlock()
	if len(asked) < 5 {
		t.Errorf("the browser asked for %q alone", asked)
	}
	for _, url := range asked {
		if !strings.HasPrefix(url, p.site+"/") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:") {
			t.Errorf("the page asks %s", url)
		}
	}
}
