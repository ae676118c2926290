package dewar

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/dewar-go/dewar/internal/accept"
	"github.com/dewar-go/dewar/internal/debugpage"
	"github.com/dewar-go/dewar/internal/errtree"
	"github.com/dewar-go/dewar/internal/problem"
	"github.com/dewar-go/dewar/internal/redact"
)

// answerUnbuilt answers a request while the App cannot be built: with all that is wrong for whoever may see the insides
// of the App, with a plain page for others.
func (app *App) answerUnbuilt(w http.ResponseWriter, r *http.Request, fault error) {
	const status = http.StatusInternalServerError
	if !app.Config.settings().debugPage || !isFromHere(r) {
		http.Error(w, http.StatusText(status), status)
		return
	}
	page, header := app.unbuiltPage(r, fault), w.Header()
	body, contentType := page.Text(), "text/plain; charset=utf-8"
	switch accept.Media(r.Header.Values("Accept"), []string{"text/plain", "text/html", "application/problem+json", "application/json"}) {
	case "text/html":
		if text, err := page.HTML(); err == nil {
			body, contentType = text, "text/html; charset=utf-8"
			header.Set("Content-Security-Policy", debugpage.Policy())
		}
	case "application/problem+json", "application/json":
		details := problem.Problem{Title: page.Title, Status: status, Detail: problem.Describe(status)}
		if text, err := json.Marshal(debugpage.Details{Problem: details, Debug: page}); err == nil {
			body, contentType = string(text), "application/problem+json"
		}
	}
	header.Set("Content-Type", contentType)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(body)) // a client that has gone
	}
}

// tellUnbuilt says once that the App cannot be built, in DEBUG as a block of lines in the terminal.
func (app *App) tellUnbuilt(r *http.Request, fault error) {
	if app.tells() {
		log.Print(app.unbuiltPage(r, fault).Text())
		return
	}
	app.logger().Error("app cannot be built", "err", fault)
}

// unbuiltPage lists what is wrong with the App.
func (app *App) unbuiltPage(r *http.Request, fault error) *debugpage.Page {
	s := app.Config.settings()
	p := &debugpage.Page{
		Status: http.StatusInternalServerError, Title: http.StatusText(http.StatusInternalServerError), Request: r.Method,
		Error: fmt.Sprintf("app %q cannot be built", app.Name()), Sections: []debugpage.Section{s.configSection(true), s.configSection(false)},
	}
	for _, problem := range problemsIn(errors.Unwrap(fault)) {
		p.Problems = append(p.Problems, debugpage.NewProblem(redact.Message(problem.Error())))
	}
	if len(p.Problems) == 1 {
		p.Cure, p.Error, p.Problems = p.Problems[0].Cure, p.Error+": "+p.Problems[0].Error, nil
	}
	p.Scrub(s.secrets().longest())
	return p
}

// problemsIn takes lists of errors, also those in lists, apart.
func problemsIn(err error) (problems []error) {
	list := errtree.Wrapped(err)
	if len(list) == 0 || errors.Join(list...).Error() != err.Error() {
		return []error{err}
	}
	for _, inner := range list {
		problems = append(problems, problemsIn(inner)...)
	}
	return problems
}
