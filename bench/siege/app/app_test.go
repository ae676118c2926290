package app_test

import (
	"os"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/bench/siege/app"
	"github.com/dewar-go/dewar/dewartest"
)

// newApp returns the application with its files in a folder of their own, and some variables.
func newApp(t *testing.T, variables map[string]string) (*dewartest.Client, error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, app.Files); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SIEGE_ROOT", folder)
	t.Setenv("SIEGE_SECRET_KEY", "a key of the application under siege")
	for name, value := range variables {
		t.Setenv(name, value)
	}
	a, closeStore, err := app.New()
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = closeStore() })
	return dewartest.New(t, a), nil
}

func TestApplicationKeepsSessionsWhereItIsTold(t *testing.T) {
	for _, where := range []string{"cookie", "memory", "sqlite:" + t.TempDir() + "/sessions.db"} {
		client, err := newApp(t, map[string]string{"SIEGE_SESSIONS": where})
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		client.Get("/private").Want(403, "")
		client.Post("/enter", dewartest.Form("name", "ada", "secret", "hers")).Want(200, `"name":"ada"`)
		client.Post("/add").Want(200, `"count":1`)
		client.Post("/note", dewartest.JSON(map[string]string{"text": "a note"})).Want(200, `"note":"a note"`)
		client.Get("/private").Want(200, "hers")
		client.Get("/page").Want(200, "<h1>ada</h1>")
		client.Post("/leave").Want(200, `"name":"ada"`)
		client.Get("/me").Want(200, `"name":""`)
	}
}

func TestApplicationSaysWhatItNeeds(t *testing.T) {
	for _, tt := range []struct {
		variable, value string
		problem         string
	}{
		{"SIEGE_ROOT", "", "SIEGE_ROOT is not set"},
		{"SIEGE_SESSIONS", "ftp://nowhere", "SIEGE_SESSIONS"},
	} {
		if _, err := newApp(t, map[string]string{tt.variable: tt.value}); err == nil || !strings.Contains(err.Error(), tt.problem) {
			t.Errorf("%s=%q: got error %v, want %q", tt.variable, tt.value, err, tt.problem)
		}
	}
}

func TestInsidesTellWhatAProcessHolds(t *testing.T) {
	client, err := newApp(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	client.Get("/insides").Want(200, `"goroutines":`)
	client.Get("/insides?free=1").Want(200, `"temporary":`)
	client.Get("/insides/stacks").Want(200, "goroutine ")
}
