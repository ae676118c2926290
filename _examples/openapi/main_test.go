package main

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/openapi/openapitest"
)

// TestDocument shows a change of the API in reviews: go test -run TestDocument ./openapi -openapi.update writes it anew.
func TestDocument(t *testing.T) {
	t.Parallel()
	_, api := newApp()
	openapitest.Golden(t, api, "testdata/openapi.json")
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	app, _ := newApp()
	for _, tt := range []struct {
		name, method, path, contentType, body string
		status                                int
		want                                  string
	}{
		{"nothing yet", "GET", "/books", "", "", 200, `{"items":[],"total":0}`},
		{"a bad book", "POST", "/books", "application/json", `{"year":73}`, 400, `"field":"title"`},
		{"a member too many", "POST", "/books", "application/json", `{"title":"Momo","year":1973,"page":1}`, 400, `"field":"page"`},
		{"a book", "POST", "/books", "application/json", `{"title":"Momo","year":1973}`, 201, `"id":1`},
		{"the book again", "POST", "/books", "application/json", `{"title":"Momo","year":1973}`, 409, "such a book"},
		{"found", "GET", "/books?word=mom", "", "", 200, `"total":1`},
		{"a page that is none", "GET", "/books?page=0", "", "", 400, `"field":"page"`},
		{"a page behind the end", "GET", "/books?page=9223372036854775807&size=100", "", "", 200, `"items":[],"total":1`},
		{"shown", "GET", "/books/1", "", "", 200, `"title":"Momo"`},
		{"no such book", "GET", "/books/2", "", "", 404, `"status":404`},
		{"no cover", "GET", "/books/1/cover", "", "", 404, `"status":404`},
		{"a cover of another type", "POST", "/books/1/cover", form, upload("cover.exe"), 400, `"field":"image"`},
		{"a cover", "POST", "/books/1/cover", form, upload("cover.png"), 204, ""},
		{"the cover", "GET", "/books/1/cover", "", "", 200, "picture"},
		{"removed", "DELETE", "/books/1", "", "", 204, ""},
		{"gone", "GET", "/books/1", "", "", 404, `"status":404`},
	} {
		r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.contentType)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s, want %d %s", tt.name, w.Code, w.Body, tt.status, tt.want)
		}
	}
}

const form = "multipart/form-data; boundary=b"

// upload is a form with a picture.
func upload(name string) string {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("b")
	part, _ := w.CreateFormFile("image", name) // no write to memory fails
	_, _ = part.Write([]byte("picture"))
	_ = w.Close()
	return b.String()
}
