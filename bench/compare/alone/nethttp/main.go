// Command nethttp is net/http alone, see package alone.
package main

import (
	"net/http"

	"github.com/dewar-go/dewar/bench/compare/alone"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", alone.Hello)
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) { alone.ShowUser(w, r.PathValue("id")) })
	alone.ServeHTTP(mux)
}
