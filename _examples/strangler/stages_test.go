package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"

	"github.com/dewar-go/dewar"
)

// TestStages goes on the same journeys at every stage. Each page must be, byte for byte, what Flask alone has given, but for what
// differs by chance.
func TestStages(t *testing.T) {
	var flask []page
	for stage := range lastStage + 1 {
		t.Run(fmt.Sprint(stage), func(t *testing.T) {
			settings(t)
			pages := travel(t, only(startStage(t, stage)))
			if stage == 0 {
				flask = pages
			} else if flask != nil && !t.Failed() {
				compare(t, pages, flask)
			}
		})
	}
}

// startStage serves the site at a stage until the test ends. All but the last need Python.
func startStage(t *testing.T, stage int) half {
	t.Helper()
	if stage == lastStage {
		return startGoHalf(t, stage, "")
	}
	needPython(t)
	if stage == 0 {
		return startPythonHalf(t)
	}
	t.Setenv("BLOG_PROXIES", "1")
	return startGoHalf(t, stage, "http://"+startPythonHalf(t).addr)
}

// startGoHalf serves the Go half until the test ends. What change does to it is for the tests of tests.
func startGoHalf(t *testing.T, stage int, python string, change ...func(app *dewar.App)) half {
	t.Helper()
	app, err := createApp(stage, python)
	if err != nil {
		t.Fatal(err)
	}
	var log output
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	for _, f := range change {
		f(app)
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		log.show(t, "Go")
	})
	return waitFor(t, half{fmt.Sprint("stage ", stage), l.Addr().String(), false})
}

// travel goes on every journey and returns the pages on its way.
func travel(t *testing.T, halves *switchboard) (pages []page) {
	t.Helper()
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			b := newBrowser(halves)
			if err := attempt(func() { j.goes(b) }); err != nil {
				t.Error(err)
			}
			pages = append(pages, b.pages...)
		})
	}
	return pages
}

// compare fails at the first page that is another one than in Flask.
func compare(t *testing.T, pages, flask []page) {
	t.Helper()
	for i := range min(len(pages), len(flask)) {
		if got, want := pages[i].steady(), flask[i].steady(); got != want {
			t.Fatalf("page %d: got\n%s\n\nwant\n%s", i, got, want)
		}
	}
	if len(pages) != len(flask) {
		t.Errorf("pages: got %d, want %d", len(pages), len(flask))
	}
}
