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

// BenchmarkPageBesideJinja takes turns with Jinja in rendering the page, and reports the medians of ten rounds: CPU time of a page, and
// how much of Jinja's the engine's is.
func BenchmarkPageBesideJinja(b *testing.B) {
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
	e := benchEngine(true)
	var ours, theirs, ratios []float64
	for b.Loop() {
		ours, theirs, ratios = nil, nil, nil
		for range rounds {
			began := cpu(b)
			for range pages {
				if err := e.Render(engine.Request{Context: context.Background(), Name: "page.html", Data: data}, io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			mine, its := float64((cpu(b)-began).Nanoseconds())/pages, python.render(b, pages)
			ours, theirs, ratios = append(ours, mine), append(theirs, its), append(ratios, mine/its)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ours), "cpu-ns/page")
	b.ReportMetric(median(theirs), "jinja-cpu-ns/page")
	b.ReportMetric(median(ratios), "of-jinja")
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
