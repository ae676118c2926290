package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// measuredFile is where the last measurement is kept, in bench/.
const measuredFile = "compare/measured.json"

// Measured is all that was measured in one run.
type Measured struct {
	Machine   Machine
	Rounds    int
	Versions  map[string]string // of the modules and programs that were compared
	InProcess map[string]map[string]*Called
	Socket    map[string]map[string]*Served
	// Alone is the memory of contenders that are programs of their own.
	Alone map[string]*Alone
	// Skipped says what was not measured, and why.
	Skipped []string
}

// A Machine is what it was measured on.
type Machine struct {
	CPU      string
	Cores    int
	System   string
	Go       string
	Clients  int // connections over the socket
	RoundMS  int // how long a contender is asked in a round in process
	SocketMS int // and over a socket
}

// Called is what a request in process takes: the time in each round, and what is allocated.
type Called struct {
	NS                 []float64
	Allocations, Bytes float64
}

// Served is what a server on one core does, in each round, and the memory that it has in the end.
type Served struct {
	Rate   []float64 // requests per second
	CPU    []float64 // microseconds of the server's CPU time for each
	Memory float64   // bytes, resident
}

//go:embed measured.json
var measured []byte

// loadMeasured returns what the repository holds.
func loadMeasured() (Measured, error) {
	var m Measured
	if err := json.Unmarshal(measured, &m); err != nil {
		return m, fmt.Errorf("measured.json: %w", err)
	}
	return m, nil
}

// save writes m to a file.
func (m Measured) save(file string) error {
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// thisMachine describes the machine without its name.
func thisMachine() Machine {
	return Machine{CPU: cpuModel(), Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
}

// cpuModel returns what Linux calls the processor, elsewhere its kind.
func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// versions returns those of all modules that contenders name.
func versions() map[string]string {
	found := map[string]string{}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return found
	}
	for _, c := range contenders() {
		for _, name := range c.modules {
			i := slices.IndexFunc(info.Deps, func(m *debug.Module) bool { return m.Path == name })
			if i >= 0 {
				found[name] = info.Deps[i].Version
			}
		}
	}
	return found
}

// rounded keeps four digits, more than a measurement has.
func rounded(v float64) float64 {
	if v == 0 {
		return 0
	}
	p := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*p) / p
}

// A Spread is the middle of several figures and the middle half of them.
type Spread struct{ Low, Mid, High float64 }

// spread returns that of figures, which must not be empty.
func spread(figures []float64) Spread {
	sorted := slices.Sorted(slices.Values(figures))
	return Spread{quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)}
}

// quantile returns the figure below which a share of the sorted ones lies, between two of them where it has to.
func quantile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	below := int(at)
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	part := at - float64(below)
	return sorted[below]*(1-part) + sorted[below+1]*part
}

// ratios divides round by round. What disturbed the machine for a while is in both.
func ratios(figures, base []float64) Spread {
	var list []float64
	for i := range min(len(figures), len(base)) {
		list = append(list, figures[i]/base[i])
	}
	return spread(list)
}

// apart reports whether the middle halves of two spreads do not meet, so that the difference is none of chance.
func (s Spread) apart(other Spread) bool { return s.High < other.Low || other.High < s.Low }
