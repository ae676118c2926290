package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
)

//go:embed templates
var templateFiles embed.FS

// templates returns those of the page.
func templates() (*template.Template, error) {
	return template.ParseFS(templateFiles, "templates/layout.html", "templates/rows.html")
}

// pageData is what the page shows.
type pageData struct {
	Title string
	Rows  []row
}

// pageName is the template to execute.
const pageName = "rows.html"

// newNetHTTP does all by hand, as a careful program does it.
func newNetHTTP(work string, _ place) (server, error) {
	mux := http.NewServeMux()
	switch work {
	case "text":
		mux.HandleFunc("GET /hello", hello)
	case "json":
		mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) { showUser(w, r, r.PathValue("id")) })
	case "github":
		for _, r := range githubRoutes() {
			mux.HandleFunc(r.method+" "+r.rule, nothing)
		}
	case "page":
		show, err := showPage()
		if err != nil {
			return server{}, err
		}
		mux.HandleFunc("GET /rows", show)
	default:
		return server{}, unknown(work)
	}
	return server{std: mux}, nil
}

// newChi has the same handlers behind chi.
func newChi(work string, _ place) (server, error) {
	mux := chi.NewRouter()
	switch work {
	case "text":
		mux.Get("/hello", hello)
	case "json":
		mux.Get("/users/{id}", func(w http.ResponseWriter, r *http.Request) { showUser(w, r, chi.URLParam(r, "id")) })
	case "github":
		for _, r := range githubRoutes() {
			mux.Method(r.method, r.rule, http.HandlerFunc(nothing))
		}
	case "page":
		show, err := showPage()
		if err != nil {
			return server{}, err
		}
		mux.Get("/rows", show)
	default:
		return server{}, unknown(work)
	}
	return server{std: mux}, nil
}

const plainText = "text/plain; charset=utf-8"

func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", plainText)
	_, _ = io.WriteString(w, "Hello, World!")
}

func nothing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", plainText)
	w.WriteHeader(http.StatusOK)
}

func showUser(w http.ResponseWriter, r *http.Request, text string) {
	id, err := strconv.Atoi(text)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(user{id, "ann"}); err != nil {
		http.Error(w, "cannot encode", http.StatusInternalServerError)
	}
}

// showPage returns a handler that makes the page whole before it sends it.
func showPage() (http.HandlerFunc, error) {
	t, err := templates()
	if err != nil {
		return nil, err
	}
	data := pageData{"Rows", rows()}
	return func(w http.ResponseWriter, _ *http.Request) {
		var page bytes.Buffer
		if err := t.ExecuteTemplate(&page, pageName, data); err != nil {
			http.Error(w, "cannot render", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
		_, _ = w.Write(page.Bytes())
	}, nil
}
