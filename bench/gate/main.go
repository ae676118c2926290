package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are what the command is told.
type options struct {
	base, bench, skip string
	packages          []string
	plan              plan
}

func main() {
	var o options
	flag.StringVar(&o.base, "base", "", "the commit to compare with; the default is where this branch left the main one, or the last commit, or the one before")
	flag.StringVar(&o.bench, "bench", ".", "the benchmarks, as in go test -bench")
	flag.StringVar(&o.skip, "skip", "SessionBare|SessionRatio|ResponseBuffer|/nethttp|/htmltemplate", "those that are left out, as in go test -skip: other libraries, and what has noise of its own")
	packages := flag.String("packages", ".,internal/router,internal/taggedjson,bench/compare", "the folders with benchmarks, in the root of the repository, with commas between")
	flag.IntVar(&o.plan.rounds, "rounds", 8, "how often everything is measured")
	flag.IntVar(&o.plan.again, "again", 48, "how often what looks slower is measured again")
	flag.DurationVar(&o.plan.lasts, "time", time.Minute, "how long all benchmarks may take, and half as long again at least those that look slower")
	least := flag.Float64("least", 10, "from how many per cent on a benchmark counts as slower, where the noise is below that")
	flag.Parse()
	o.packages, o.plan.least = strings.Split(*packages, ","), 1+*least/100
	if flag.NArg() > 0 || o.plan.rounds < 1 || o.plan.again < enough || *least <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := gate(ctx, ".", o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "gate:", err)
		os.Exit(1)
	}
}

// errWorse is the error of a state that is slower or allocates more.
var errWorse = errors.New("this state is worse than the earlier one")

// gate compares the repository that a folder is in with an earlier state. It writes what it has found to out, and to progress what it
// does. It returns errWorse if head is slower or allocates more, and nil if it cannot tell.
func gate(ctx context.Context, folder string, o options, out, progress io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(progress, "gate: "+format+"\n", args...) }
	r, err := openRepository(ctx, folder)
	var commit, why string
	if err == nil {
		commit, why, err = r.base(ctx, o.base)
	}
	if errors.Is(err, errNothing) {
		loud(out, "NO BENCHMARK WAS COMPARED", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	say("comparing with %.12s, %s", commit, why)
	temporary, err := os.MkdirTemp("", "gate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	at, err := newPlace(ctx, r, commit, temporary)
	if err != nil {
		return err
	}
	say("building %s in both states", strings.Join(o.packages, ", "))
	s, err := find(ctx, at, o.packages, o.bench, o.skip)
	if err != nil {
		return err
	}
	say("counting the allocations of %d benchmarks", len(s.rows))
	if err := countMemory(ctx, s, o.bench); err != nil {
		return err
	}
	if err := o.plan.measure(ctx, s.rows, fastest, say); err != nil {
		return err
	}
	return conclude(report{commit, s}, out)
}

// conclude writes the report and returns errWorse if it says so.
func conclude(r report, out io.Writer) error {
	if err := r.write(out); err != nil {
		return err
	}
	if n := len(r.failed()); n > 0 {
		return fmt.Errorf("%w in %d of %d benchmarks", errWorse, n, len(r.survey.rows))
	}
	return nil
}
