package dev

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestABrokenBuildStaysAfterACrash has a program that has crashed, is to be started again in a moment, and is edited: the
// old one must not answer in the place of the page that says why the new one is not there.
func TestABrokenBuildStaysAfterACrash(t *testing.T) {
	t.Setenv(reloadVariable, "token")
	s, err := openSocket("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &runner{
		screen: &terminal{out: io.Discard}, project: &project{dir: t.TempDir()}, socket: s, scheme: "http",
		current: "old", builds: 2, cancel: func() {}, restarts: time.After(0),
	}
	defer r.close()
	r.take(t.Context(), &build{number: 1, output: "from a build that was cancelled"})
	if r.restarts == nil || r.page != nil {
		t.Error("a build that was cancelled has counted")
	}
	r.take(t.Context(), &build{number: 2, output: "undefined: broken"})
	if r.restarts != nil {
		t.Error("the old program is to be started again")
	}
	answer, err := http.Get("http://" + s.addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); !strings.Contains(string(body), "undefined: broken") {
		t.Errorf("got %q", body)
	}
}

func TestStartCure(t *testing.T) {
	t.Parallel()
	for _, err := range []error{syscall.EACCES, syscall.ENOEXEC} {
		if got := startCure(err); !strings.Contains(got, "package main") || !strings.Contains(got, "TMPDIR") {
			t.Errorf("%v: got %q", err, got)
		}
	}
	if got := startCure(errors.New("odd")); got == "" {
		t.Error("another error has no cure")
	}
}
