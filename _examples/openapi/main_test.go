package main

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/openapi/openapitest"
)

// TestDocument shows a change of the API in reviews: go test -run TestDocument ./openapi -openapi.update writes it anew.
func TestDocument(t *testing.T) {
	_, api := newApp()
	openapitest.Golden(t, api, "testdata/openapi.json")
}
