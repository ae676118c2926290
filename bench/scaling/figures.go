package scaling

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/bench/internal/chart"
)

// Sizes are the numbers of sessions in the tables.
var sizes = []float64{1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// filesPerPage is how many more requests for files of the same site follow one that opens the session. Their cookie is sent too.
const filesPerPage = 9

// failover is how long a master of a cluster with the default cluster-node-timeout of 15 s is missed.
const failover = 16 * time.Second

// processes is how many processes of the application the outages are reckoned with, for each thousand requests per second.
const perProcess = 1000.0

// Charts returns the charts of docs/scaling.md by the names of their files.
func Charts(m Measured, s Simulated) map[string]chart.Plot {
	return map[string]chart.Plot{
		"scaling-memory.svg": memoryChart(m), "scaling-calls.svg": callsChart(m), "scaling-wait.svg": waitChart(s),
		"scaling-shards.svg": shardsChart(m), "scaling-outage.svg": outageChart(m), "scaling-cookies.svg": cookiesChart(m),
	}
}

func sessionsAxis() chart.Axis {
	return chart.Axis{Label: "sessions that are kept", Min: 1e4, Max: 1e9, Log: true, Format: Count}
}

// over returns the points of f over all sizes, and between them.
func over(f func(sessions float64) float64) []chart.Point {
	var points []chart.Point
	for e := 4.0; e <= 9.001; e += 0.125 {
		points = append(points, chart.Point{X: math.Pow(10, e), Y: f(math.Pow(10, e))})
	}
	return points
}

func memoryChart(m Measured) chart.Plot {
	c := chart.Plot{Title: "What sessions of 500 bytes take", X: sessionsAxis(), Y: chart.Axis{Label: "memory, or files of the database", Min: 1e6, Max: 1e13, Log: true, Format: Bytes}}
	for _, name := range slices.Backward(slices.SortedFunc(maps.Keys(m.Stores), func(a, b string) int { return int(kept(m.Stores[a]) - kept(m.Stores[b])) })) {
		c.Lines = append(c.Lines, chart.Line{Name: name, Points: over(func(n float64) float64 { return n * kept(m.Stores[name]) })})
	}
	limit := Nodes()["Redis"].Bytes
	c.Lines = append(c.Lines, chart.Line{Name: "what one Redis may take", Points: over(func(float64) float64 { return limit })})
	return c
}

// kept is what a session of somebody takes in the long run.
func kept(s Store) float64 { return max(s.Bytes, s.Used) + s.Owned }

func callsChart(m Measured) chart.Plot {
	c := chart.Plot{Title: "Calls of the store in the busiest hour", X: sessionsAxis(), Y: chart.Axis{Label: "calls per second", Min: 1, Max: 1e8, Log: true, Format: Count}}
	for _, w := range Workloads() {
		c.Lines = append(c.Lines, chart.Line{Name: w.Name, Points: over(func(n float64) float64 { return w.Rates(n).Times(w.Peak).Calls() })})
	}
	for _, name := range []string{"Redis", "PostgreSQL"} {
		w, node := Workloads()[0], Nodes()[name]
		p := w.Plan(m.Stores[name], node, 1e6)
		most := p.Calls / p.Cores * node.Cores * node.Busy
		c.Lines = append(c.Lines, chart.Line{Name: fmt.Sprintf("%s, half busy", name), Points: over(func(float64) float64 { return most })})
	}
	return c
}

func waitChart(s Simulated) chart.Plot {
	c := chart.Plot{Title: "How long calls wait at a busy server", X: chart.Axis{Label: "share of the time that the server is busy", Min: 0, Max: 1,
		Marks: []float64{0, 0.2, 0.4, 0.6, 0.8, 1}, Format: func(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }},
		Y: chart.Axis{Label: "wait, in times of a call", Min: 0, Max: 10, Marks: []float64{0, 2, 4, 6, 8, 10}, Format: Count}}
	formula, simulated := chart.Line{Name: "formula"}, chart.Line{Name: "● simulation", Dots: true}
	for busy := 0.0; busy <= 0.945; busy += 0.01 {
		formula.Points = append(formula.Points, chart.Point{X: busy, Y: Wait(busy, 1, 1.1)})
	}
	for _, shard := range s.Waits {
		simulated.Points = append(simulated.Points, chart.Point{X: shard.Busy, Y: shard.Wait / shard.Mean})
	}
	c.Lines = []chart.Line{formula, simulated}
	return c
}

func shardsChart(m Measured) chart.Plot {
	c := chart.Plot{Title: "How many servers that takes", X: sessionsAxis(), Y: chart.Axis{Label: "masters of Redis, or databases", Min: 1, Max: 1e4, Log: true, Format: Count}}
	for _, w := range Workloads() {
		for _, name := range []string{"Redis", "PostgreSQL"} {
			c.Lines = append(c.Lines, chart.Line{Name: name + ", " + w.Name, Points: over(func(n float64) float64 { return w.Plan(m.Stores[name], Nodes()[name], n).Shards })})
		}
	}
	return c
}

// outageOf is that of one master of as many as it takes, in the busiest hour.
func outageOf(m Measured, w Workload, sessions float64) (o Outage, shards float64) {
	requests := w.Rates(sessions).Requests * w.Peak
	shards = max(3, w.Plan(m.Stores["Redis"], Nodes()["Redis"], sessions).Shards) // a cluster has three at least
	return Outage{Rate: requests / shards, Lasts: failover, Deadline: time.Second, Processes: max(2, math.Ceil(requests/perProcess))}, shards
}

func outageChart(m Measured) chart.Plot {
	c := chart.Plot{Title: "Failover of one master: share of all requests answered 503", X: sessionsAxis(),
		Y: chart.Axis{Label: "of all requests, while it lasts", Min: 0.001, Max: 1, Log: true, Format: func(v float64) string { return fmt.Sprintf("%.4g%%", 100*v) }}}
	for _, w := range Workloads() {
		c.Lines = append(c.Lines, chart.Line{Name: "cluster, " + w.Name, Points: over(func(n float64) float64 {
			_, shards := outageOf(m, w, n)
			return 1 / shards
		})})
	}
	c.Lines = append(c.Lines, chart.Line{Name: "one server, or Sentinel", Points: over(func(float64) float64 { return 1 })})
	return c
}

// CookieBytes is what the visitor's browser sends for a page and its files, with values of a size in a signed cookie, and with a
// store. A value is in base64 twice: 9 bytes of it are 16 of the cookie.
func CookieBytes(m Measured, values float64) (cookie, store float64) {
	return (1 + filesPerPage) * (m.Cookie.Read.Sent + (values-500)*16/9), (1 + filesPerPage) * m.Memory.Read.Sent
}

func cookiesChart(m Measured) chart.Plot {
	c := chart.Plot{Title: "Cookies that a browser sends for a page with nine files", X: chart.Axis{Label: "bytes of values in the session", Min: 0, Max: 2000,
		Marks: []float64{0, 500, 1000, 1500, 2000}, Format: Count},
		Y: chart.Axis{Label: "bytes per page", Min: 0, Max: 40e3, Marks: []float64{0, 10e3, 20e3, 30e3, 40e3}, Format: Bytes}}
	in, at := chart.Line{Name: "session in a cookie"}, chart.Line{Name: "session in a store"}
	for v := 20.0; v <= 2000; v += 40 {
		cookie, store := CookieBytes(m, v)
		in.Points, at.Points = append(in.Points, chart.Point{X: v, Y: cookie}), append(at.Points, chart.Point{X: v, Y: store})
	}
	c.Lines = []chart.Line{in, at}
	return c
}

// Tables returns the tables of docs/scaling.md by the names of their places.
func Tables(m Measured, s Simulated) map[string]string {
	tables := map[string]string{
		"sizes": sizesTable(m), "calls": callsTable(m), "requests": requestsTable(m), "workloads": workloadsTable(),
		"agreement": agreementTable(s), "outage": outageTable(m), "cookies": cookiesTable(m),
	}
	for _, w := range Workloads() {
		tables["plan-"+w.Name] = planTable(m, w)
	}
	return tables
}

// table writes rows below a head.
func table(head string, rows ...[]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n|%s\n", head, strings.Repeat(" --- |", strings.Count(head, "|")+1))
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
	}
	return b.String()
}

// Names of the stores in the tables, in their order.
var stores = []string{"Memory", "Redis", "Redis, compact", "PostgreSQL", "MariaDB", "SQLite"}

func sizesTable(m Measured) string {
	var rows [][]string
	for _, name := range stores {
		s := m.Stores[name]
		rows = append(rows, []string{name, Count(float64(s.Sessions)), fmt.Sprintf("%.0f B", s.Bytes), fmt.Sprintf("%.0f B", s.Used), fmt.Sprintf("%.0f B", s.Owned), Bytes(1e6 * kept(s))})
	}
	return table("store | sessions | a session | after two writes each | its owner | a million, owned", rows...)
}

func callsTable(m Measured) string {
	var rows [][]string
	for _, name := range stores {
		s := m.Stores[name]
		for _, call := range []struct {
			name string
			cost Cost
		}{{"load", s.Load}, {"create", s.Create}, {"update", s.Update}, {"touch", s.Touch}, {"delete", s.Delete}} {
			c := call.cost
			rows = append(rows, []string{name, call.name, micros(c.Server), micros(c.Client), wire(c.Sent), wire(c.Received), wire(c.Log)})
		}
	}
	return table("store | call | CPU of the server | CPU of the application | sent | received | log", rows...)
}

func micros(v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf("%.4g µs", round(v))
}

func wire(v float64) string {
	if v < 1 {
		return "–"
	}
	return Bytes(v)
}

func requestsTable(m Measured) string {
	row := func(name string, c Cost) []string {
		return []string{name, micros(c.Client), wire(c.Sent), wire(c.Received)}
	}
	return table("request | CPU of the application | Cookie | Set-Cookie",
		row("reads a session in a cookie", m.Cookie.Read), row("changes one", m.Cookie.Change),
		row("reads a session in Memory", m.Memory.Read), row("changes one", m.Memory.Change))
}

func workloadsTable() string {
	w := Workloads()
	line := func(name string, f func(w Workload) string) []string { return []string{name, f(w[0]), f(w[1])} }
	short := func(d time.Duration) string {
		if d >= 48*time.Hour {
			return fmt.Sprintf("%.0f days", d.Hours()/24)
		}
		if d >= time.Minute {
			return fmt.Sprintf("%.3g h", d.Hours())
		}
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	number := func(f func(l Life) float64) func(w Workload) string {
		return func(w Workload) string { return fmt.Sprintf("%.3g", f(w.Life())) }
	}
	return table("| "+w[0].Name+" | "+w[1].Name,
		line("requests of a visit that open the session", func(w Workload) string { return fmt.Sprint(w.Requests) }),
		line("time between two of them", func(w Workload) string { return short(w.Gap) }),
		line("of them change the session", func(w Workload) string { return percent(w.Changes) }),
		line("visits that end in a logout", func(w Workload) string { return percent(w.Logout) }),
		line("of the others, visitors who come back", func(w Workload) string { return percent(w.Return) }),
		line("after", func(w Workload) string { return short(w.Away) }),
		line("a session lives unused for", func(w Workload) string { return short(w.Idle) }),
		line("busiest hour", func(w Workload) string { return fmt.Sprintf("%g times the average", w.Peak) }),
		line("**which makes of one session:** visits", number(func(l Life) float64 { return l.Visits })),
		line("loads", number(func(l Life) float64 { return l.Loads })),
		line("updates", number(func(l Life) float64 { return l.Updates })),
		line("logouts", number(func(l Life) float64 { return l.Deletes })),
		line("is kept for", func(w Workload) string { return short(w.Life().Kept.Round(time.Minute)) }),
		line("requests per second of a million sessions, on average", func(w Workload) string { return Count(w.Rates(1e6).Requests) }))
}

func percent(v float64) string { return fmt.Sprintf("%.3g%%", 100*v) }

func agreementTable(s Simulated) string {
	workloads := map[string]Workload{}
	for _, w := range Workloads() {
		workloads[w.Name] = w
	}
	var rows [][]string
	for _, got := range s.Rounds {
		want := workloads[got.Visitors].Rates(got.Wanted)
		off := func(got, want float64) string { return fmt.Sprintf("%s (%+.1f%%)", Count(got), 100*(got/want-1)) }
		rows = append(rows, []string{got.Visitors, off(got.Sessions, got.Wanted), off(got.Requests, want.Requests), off(got.Loads, want.Loads),
			off(got.Updates, want.Updates), off(got.Creates, want.Creates)})
	}
	return table("visitors | sessions kept | requests/s | loads/s | updates/s | creates/s", rows...)
}

func planTable(m Measured, w Workload) string {
	var rows [][]string
	for _, n := range sizes {
		for _, name := range []string{"Memory", "Redis", "PostgreSQL", "MariaDB"} {
			node := Nodes()[name]
			p := w.Plan(m.Stores[name], node, n)
			rows = append(rows, []string{Count(n), name, Count(w.Rates(n).Requests * w.Peak), Count(p.Calls), Bytes(p.Bytes),
				cores(name, p), perSecond(p.Network), perSecond(p.Log), servers(node, p), bottleneck(p)})
		}
	}
	return table("sessions | store | requests/s | calls/s | kept | cores | network | log | servers | first to run out", rows...)
}

func perSecond(v float64) string {
	if v == 0 {
		return "–"
	}
	return Bytes(v) + "/s"
}

func cores(name string, p Plan) string {
	if name == "Memory" {
		return "–"
	}
	return tidy(p.Cores)
}

// tidy formats a number of cores.
func tidy(v float64) string {
	if v < 0.01 {
		return "< 0.01"
	}
	return Count(v)
}

func servers(n Node, p Plan) string {
	switch {
	case p.Shards == 1:
		return "1"
	case n.Apart:
		return Count(p.Shards)
	}
	return fmt.Sprintf("(%s)", Count(p.Shards))
}

func bottleneck(p Plan) string {
	if p.Bottleneck == "" {
		return "nothing"
	}
	return p.Bottleneck
}

func outageTable(m Measured) string {
	var rows [][]string
	for _, w := range Workloads() {
		for _, n := range sizes {
			o, shards := outageOf(m, w, n)
			toll := o.Toll()
			rows = append(rows, []string{w.Name, Count(n), Count(shards), percent(1 / shards), Count(toll.Refused), Count(toll.Slow),
				fmt.Sprintf("%.2g s", toll.Back.Seconds())})
		}
	}
	return table("visitors | sessions | masters | of all requests while it lasts | answered 503 in all | of them waited | back after the master", rows...)
}

func cookiesTable(m Measured) string {
	var rows [][]string
	w := Workloads()[0]
	for _, n := range sizes {
		pages := w.Rates(n).Requests * w.Peak
		cookie, store := CookieBytes(m, 500)
		p := w.Plan(m.Stores["Redis"], Nodes()["Redis"], n)
		cpu := pages * ((1-w.Changes)*m.Cookie.Read.Client + w.Changes*m.Cookie.Change.Client) / 1e6
		r := w.Rates(n).Times(w.Peak)
		s := m.Stores["Redis"]
		app := pages*m.Memory.Read.Client/1e6 + (r.Loads*s.Load.Client+(r.Updates+r.Creates+r.Deletes)*s.Update.Client)/1e6
		rows = append(rows, []string{Count(n), Bytes(pages*cookie) + "/s", Bytes(pages*store) + "/s", Bytes(p.Network) + "/s",
			tidy(cpu), tidy(app) + " + " + tidy(p.Cores)})
	}
	return table("sessions | cookies: from visitors | Redis: from visitors | and behind | cookies: cores | Redis: cores of application + store", rows...)
}
