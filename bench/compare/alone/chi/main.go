// Command chi is chi alone, see package alone.
package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/dewar-go/dewar/bench/compare/alone"
)

func main() {
	mux := chi.NewRouter()
	mux.Get("/hello", alone.Hello)
	mux.Get("/users/{id}", func(w http.ResponseWriter, r *http.Request) { alone.ShowUser(w, chi.URLParam(r, "id")) })
	alone.ServeHTTP(mux)
}
