package main

import (
	"testing"

	"github.com/dewar-go/dewar/dewartest"
)

func TestSessionsAreKeptAndForgotten(t *testing.T) {
	t.Parallel()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	client := dewartest.New(t, app)
	client.Get("/").Want(200, "visit number 1.")
	client.Get("/").Want(200, "visit number 2.")
	id := client.Cookie("session").Value
	client.Get("/logout").Want(200, "Bye!")
	if client.Cookie("session") != nil {
		t.Error("the cookie is still there after the logout")
	}
	client.Get("/", dewartest.Cookie("session", id)).Want(200, "visit number 1.")
	if got := client.Cookie("session"); got == nil || got.Value == id {
		t.Errorf("got cookie %v, want one with another id than that of a session that has ended", got)
	}
}
