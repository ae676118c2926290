//go:build unix

package stores

import (
	"os"
	"runtime"
	"slices"
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

// compare sends requests by each client in turn, for many rounds, and returns the medians of what they take. CPU is that of the
// process, its collector included; other processes of the machine hardly change it.
func compare(t testing.TB, rounds, requests int, clients ...*client) []cost {
	t.Helper()
	taken := make([][]cost, len(clients))
	for range rounds {
		for i, c := range clients {
			taken[i] = append(taken[i], measure(t, requests, c))
		}
	}
	medians := make([]cost, len(clients))
	for i, costs := range taken {
		medians[i] = cost{median(costs, func(c cost) time.Duration { return c.cpu }), median(costs, func(c cost) time.Duration { return c.elapsed })}
	}
	return medians
}

func measure(t testing.TB, requests int, c *client) cost {
	runtime.GC()
	cpu, begin := cpuTime(t), time.Now()
	for range requests {
		c.send()
	}
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
