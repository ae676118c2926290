//go:build linux || darwin

package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

// BenchmarkPageBesideOthers takes turns with Jinja and with html/template in rendering the page, and reports the medians of ten rounds:
// CPU time of a page, and how much of theirs the engine's is.
func BenchmarkPageBesideOthers(b *testing.B) {
	const rounds, pages = 10, 500
	data := benchData()
	python := startJinja(b, data)
	parity := func() (string, error) {
		var page strings.Builder
		err := benchEngine(false).Render(engine.Request{Context: context.Background(), Name: "page.html", Data: data}, &page)
		return page.String(), err
	}
	if got, err := parity(); got != python.page || err != nil {
		b.Fatalf("the pages differ: %v\n%s\nJinja:\n%s", err, got, python.page)
	}
	e, h := benchEngine(true), benchHTMLTemplate(b)
	var own, ofJinja, ofHTML []float64
	for b.Loop() {
		own, ofJinja, ofHTML = nil, nil, nil
		for range rounds {
			mine := cpuOf(b, pages, func() error {
				return e.Render(engine.Request{Context: context.Background(), Name: "page.html", Data: data}, io.Discard)
			})
			its := cpuOf(b, pages, func() error { return h.ExecuteTemplate(io.Discard, "layout", data) })
			own, ofHTML, ofJinja = append(own, mine), append(ofHTML, mine/its), append(ofJinja, mine/python.render(b, pages))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(own), "cpu-ns/page")
	b.ReportMetric(median(ofJinja), "of-jinja")
	b.ReportMetric(median(ofHTML), "of-html/template")
}

// cpuOf calls render so many times and returns the CPU nanoseconds of one.
func cpuOf(b *testing.B, times int, render func() error) float64 {
	b.Helper()
	began := cpu(b)
	for range times {
		if err := render(); err != nil {
			b.Fatal(err)
		}
	}
	return float64((cpu(b) - began).Nanoseconds()) / float64(times)
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[n/2] + values[(n-1)/2]) / 2
}

// cpu returns the CPU time that the process has had, that of its garbage collector too.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A jinjaProcess renders one page when it is told to.
type jinjaProcess struct {
	page    string
	orders  io.Writer
	answers *bufio.Reader
}

// startJinja starts Jinja with the page. Where there is none the benchmark is skipped.
func startJinja(b *testing.B, data map[string]any) *jinjaProcess {
	b.Helper()
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import jinja2").Run() != nil {
		b.Skip("NOTHING WAS COMPARED WITH JINJA: apt-get install python3-jinja2")
	}
	cmd := exec.CommandContext(b.Context(), python, filepath.Join("testdata", "speed.py"))
	orders, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = orders.Close(), cmd.Wait() })
	p := &jinjaProcess{orders: orders, answers: bufio.NewReader(answers)}
	if err := json.NewEncoder(orders).Encode(map[string]any{"templates": benchTemplates, "data": data}); err != nil {
		b.Fatal(err)
	}
	p.read(b, &p.page)
	return p
}

// render renders the page so many times and returns the CPU nanoseconds of one.
func (p *jinjaProcess) render(b *testing.B, times int) (nanoseconds float64) {
	b.Helper()
	if _, err := fmt.Fprintln(p.orders, times); err != nil {
		b.Fatal(err)
	}
	p.read(b, &nanoseconds)
	return nanoseconds
}

func (p *jinjaProcess) read(b *testing.B, to any) {
	b.Helper()
	line, err := p.answers.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, to)
	}
	if err != nil {
		b.Fatalf("Jinja: %v", err)
	}
}
