package main

import (
	"testing"

	"github.com/dewar-go/dewar/dewartest"
)

func TestHello(t *testing.T) {
	t.Parallel()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	client := dewartest.New(t, app)
	client.Get("/").Want(200, "Hello! This is visit number 1.")
	client.Get("/").Want(200, "Hello! This is visit number 2.")
	client.ClearCookies()
	client.Get("/").Want(200, "visit number 1.")
}
