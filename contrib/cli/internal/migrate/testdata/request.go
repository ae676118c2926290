package main

import (
	"net/http/httptest"

	"github.com/dewar-go/dewar"
)

func request(app *dewar.App) {
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "http://example.com/", nil))
	if w.Code != 200 {
		panic(w.Body.String())
	}
}
