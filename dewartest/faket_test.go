package dewartest_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A fakeT is a test that may fail: it keeps what it is told.
type fakeT struct {
	testing.TB
	mu       sync.Mutex
	failures []string
	logs     []string
	fatal    bool
	cleanups []func()
}

func (t *fakeT) Helper() {}

func (t *fakeT) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

func (t *fakeT) Logf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.logs = append(t.logs, fmt.Sprintf(format, args...))
}

func (t *fakeT) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, fmt.Sprintf(format, args...))
}

func (t *fakeT) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	t.fatal = true
	runtime.Goexit()
}

// run runs f as a test of its own and returns how it went.
func run(f func(t *fakeT)) *fakeT {
	t := &fakeT{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, cleanup := range slices.Backward(t.cleanups) {
				cleanup()
			}
		}()
		f(t)
	}()
	<-done
	return t
}

// wantFatal checks that f ends its test once, with every one of texts in the message.
func wantFatal(t *testing.T, f func(t *fakeT), texts ...string) {
	t.Helper()
	got := run(f)
	if !got.fatal || len(got.failures) != 1 {
		t.Fatalf("got fatal %t with failures %q, want one that is fatal", got.fatal, got.failures)
	}
	wantTexts(t, got.failures[0], texts)
}

// wantFailure checks that f fails its test once, without ending it.
func wantFailure(t *testing.T, f func(t *fakeT), texts ...string) {
	t.Helper()
	got := run(f)
	if got.fatal || len(got.failures) != 1 {
		t.Fatalf("got fatal %t with failures %q, want one that is not fatal", got.fatal, got.failures)
	}
	wantTexts(t, got.failures[0], texts)
}

// wantPass checks that f does not fail its test.
func wantPass(t *testing.T, f func(t *fakeT)) {
	t.Helper()
	if got := run(f); len(got.failures) > 0 {
		t.Errorf("got failures %q, want none", got.failures)
	}
}

func wantTexts(t *testing.T, got string, texts []string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("got message %q, want %q in it", got, text)
		}
	}
}
