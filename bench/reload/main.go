// Command reload measures how long it takes from an edit to the answer of the edited program: under dewar dev, under other
// tools, and beside them go build of the same edit, which none can beat. All take turns, so that whatever else the machine
// does slows all of them. Run it by hand on a machine with nothing to do:
//
//	go run ./reload -edits 15
//	go install github.com/air-verse/air@v1.67.4 && go run ./reload -air "$(go env GOPATH)/bin/air"
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

func main() {
	edits := flag.Int("edits", 15, "how often the program is edited")
	core := flag.String("core", "..", "the checkout of dewar")
	air := flag.String("air", "", "the program air, to be measured as well")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *core, *air, *edits); err != nil {
		fmt.Fprintln(os.Stderr, "reload:", err)
		os.Exit(1)
	}
}

// measure prints a table of what it has measured.
func measure(ctx context.Context, core, air string, edits int) error {
	core, err := filepath.Abs(core)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "dewar-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	tool := filepath.Join(scratch, "dewar")
	build := exec.CommandContext(ctx, "go", "build", "-o", tool, "./cmd/dewar")
	build.Dir = filepath.Join(core, "contrib", "cli")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build dewar: %w: %s", err, out)
	}
	runners := []*runner{{name: "go build"}, {name: "dewar dev", command: []string{tool, "dev"}}}
	if air != "" {
		runners = append(runners, &runner{name: "air, as it comes", command: []string{air}},
			&runner{name: "air, with less delay", command: []string{air, "-c", "fast.toml"}})
	}
	for i, r := range runners {
		if r.shop, err = newShop(filepath.Join(scratch, fmt.Sprint("shop", i)), core); err != nil {
			return err
		}
		if err := r.begin(ctx); err != nil {
			return err
		}
		defer r.end()
	}
	for edit := 1; edit <= edits && ctx.Err() == nil; edit++ {
		for i := range runners {
			if err := runners[(i+edit)%len(runners)].edit(ctx, edit); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
	report(runners)
	return runners[1].tellPages(context.WithoutCancel(ctx), edits)
}

// report prints what the runners have measured, as far as all of them have.
func report(runners []*runner) {
	rounds := len(runners[0].took)
	for _, r := range runners {
		rounds = min(rounds, len(r.took))
	}
	fmt.Printf("%s, %s/%s, %d CPUs, %d edits, milliseconds\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), rounds)
	fmt.Printf("%-26s %8s %8s %8s %22s\n", "", "median", "fastest", "slowest", "more than go build")
	for _, r := range runners {
		var more []time.Duration
		for i, took := range r.took[:rounds] {
			more = append(more, took-runners[0].took[i])
		}
		fmt.Printf("%-26s %8d %8d %8d %22d\n", r.name, median(r.took), slices.Min(r.took).Milliseconds(), slices.Max(r.took).Milliseconds(), median(more))
	}
	if beside := runners[1].beside; len(beside) > 0 {
		fmt.Printf("%-26s %8d %8d %8d %22s\n", "  what is no go build", median(beside), slices.Min(beside).Milliseconds(), slices.Max(beside).Milliseconds(), "by its own words")
	}
}

// median returns the middle one in milliseconds.
func median(all []time.Duration) int64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2].Milliseconds()
}
