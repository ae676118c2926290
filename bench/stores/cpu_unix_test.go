//go:build unix

package stores

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// full reports whether rounds are long enough for ratios to be held: with DEWAR_ROUNDS=full. Others are logged.
func full() bool { return os.Getenv("DEWAR_ROUNDS") == "full" }

// rounds returns how often clients are compared.
func rounds() int {
	if full() {
		return 25
	}
	return 3
}

// A cost is what a request takes.
type cost struct{ cpu, elapsed time.Duration }

// A crowd is the clients that send requests at once.
type crowd []*client

// compare has each crowd in turn send requests, for many rounds, and returns the medians of what one takes. CPU is that of the
// process, its collector included; other processes of the machine hardly change it.
func compare(t testing.TB, rounds, requests int, crowds ...crowd) []cost {
	t.Helper()
	taken := make([][]cost, len(crowds))
	for range rounds {
		for i, c := range crowds {
			taken[i] = append(taken[i], c.measure(t, requests))
		}
	}
	medians := make([]cost, len(crowds))
	for i, costs := range taken {
		medians[i] = cost{median(costs, func(c cost) time.Duration { return c.cpu }), median(costs, func(c cost) time.Duration { return c.elapsed })}
	}
	return medians
}

func (c crowd) measure(t testing.TB, requests int) cost {
	runtime.GC()
	cpu, begin := cpuTime(t), time.Now()
	var wait sync.WaitGroup
	for _, one := range c[1:] {
		wait.Go(func() { one.sendTimes(requests / len(c)) })
	}
	c[0].sendTimes(requests / len(c))
	wait.Wait()
	return cost{(cpuTime(t) - cpu) / time.Duration(requests), time.Since(begin) / time.Duration(requests)}
}

func median(costs []cost, of func(cost) time.Duration) time.Duration {
	durations := make([]time.Duration, len(costs))
	for i, c := range costs {
		durations[i] = of(c)
	}
	slices.Sort(durations)
	return durations[len(durations)/2]
}

// cpuTime returns the CPU time of the process.
func cpuTime(t testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
