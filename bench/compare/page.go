package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
)

//go:embed performance.md.tmpl
var pageText string

// documents returns the page and its pictures by the names of their files. Every number in them was measured or is one of the
// work.
func documents(m Measured) (map[string]string, error) {
	files := map[string]string{}
	for name, p := range pictures(m) {
		files[name] = p.svg()
	}
	t, err := template.New("performance.md").Option("missingkey=error").Parse(pageText)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	if err := t.Execute(&b, page{m}); err != nil {
		return nil, err
	}
	files["performance.md"] = b.String()
	return files, nil
}

// pictures returns those of the page by the names of their files.
func pictures(m Measured) map[string]picture {
	pages := picture{title: "Requests in process", says: "Times what net/http takes by hand: median and middle half of the rounds. Less is better."}
	sessions := picture{title: "Sessions in process", says: "Times what securecookie takes by hand, or scs where sessions are kept on the server. Less is better."}
	socket := picture{title: "Over a socket, one core", says: "Requests per second, times those of net/http or of securecookie by hand. More is better."}
	for _, w := range works() {
		if results := m.InProcess[w.name]; len(results) > 0 {
			to := &pages
			if w.visitor {
				to = &sessions
			}
			to.panels = append(to.panels, panel{w.title, bars(called(results, w.base))})
		}
		if results := m.Socket[w.name]; len(results) > 0 {
			list := bars(served(results, w.base))
			slices.Reverse(list)
			socket.panels = append(socket.panels, panel{w.title, list})
		}
	}
	return map[string]picture{"performance-pages.svg": pages, "performance-sessions.svg": sessions, "performance-socket.svg": socket}
}

// called returns the ratios of all contenders of a work in process.
func called(results map[string]*Called, base string) map[string]Spread {
	all := map[string]Spread{}
	for name, r := range results {
		all[name] = ratios(r.NS, results[base].NS)
	}
	return all
}

// served returns the ratios of the rates of all servers of a work.
func served(results map[string]*Served, base string) map[string]Spread {
	all := map[string]Spread{}
	for name, r := range results {
		all[name] = ratios(r.Rate, results[base].Rate)
	}
	return all
}

// bars returns the spreads by their medians, the lowest first.
func bars(all map[string]Spread) []bar {
	var list []bar
	for name, s := range all {
		list = append(list, bar{name, s})
	}
	slices.SortFunc(list, func(a, b bar) int {
		return cmp.Or(cmp.Compare(a.spread.Mid, b.spread.Mid), cmp.Compare(a.name, b.name))
	})
	return list
}

// A page is what the template asks for.
type page struct{ Measured }

// Called returns the table of a work in process.
func (p page) Called(name string) (string, error) {
	w, err := workNamed(name)
	results := p.InProcess[name]
	switch {
	case err != nil:
		return "", err
	case len(results) == 0:
		return "*Not measured in this run.*\n", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | time | times %s | allocations | bytes |\n| --- | ---: | ---: | ---: | ---: |\n", w.title, w.base)
	for _, r := range bars(called(results, w.base)) {
		c := results[r.name]
		fmt.Fprintf(&b, "| %s | %s | %s | %.0f | %.0f |\n", bold(r.name), duration(spread(c.NS).Mid), ratio(r, w.base), c.Allocations, c.Bytes)
	}
	return b.String(), nil
}

// Served returns the table of a work over a socket.
func (p page) Served(name string) (string, error) {
	w, err := workNamed(name)
	results := p.Socket[name]
	switch {
	case err != nil:
		return "", err
	case len(results) == 0:
		return "*Not measured in this run.*\n", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | requests per second | times %s | CPU per request | times %s | memory |\n| --- | ---: | ---: | ---: | ---: | ---: |\n", w.title, w.base, w.base)
	for _, r := range slices.Backward(bars(served(results, w.base))) {
		s := results[r.name]
		cpu, share, memory := "–", "–", "–"
		if s.Memory > 0 {
			cpu, memory = fmt.Sprintf("%.3g µs", spread(s.CPU).Mid), fmt.Sprintf("%.1f MiB", s.Memory/(1<<20))
			share = ratio(bar{r.name, ratios(s.CPU, results[w.base].CPU)}, w.base)
		}
		fmt.Fprintf(&b, "| %s | %.0f | %s | %s | %s | %s |\n", bold(r.name), spread(s.Rate).Mid, ratio(r, w.base), cpu, share, memory)
	}
	return b.String(), nil
}

// Memory returns the table of contenders that are programs of their own.
func (p page) Memory() string {
	if len(p.Alone) == 0 {
		return "*Not measured in this run.*\n"
	}
	var b strings.Builder
	b.WriteString("| alone | at the start | after the load | an idle connection |\n| --- | ---: | ---: | ---: |\n")
	for _, program := range programs {
		if a := p.Alone[program.name]; a != nil {
			fmt.Fprintf(&b, "| %s | %.1f MiB | %.1f MiB | %.1f KiB |\n", bold(program.name),
				spread(a.Started).Mid/(1<<20), spread(a.Loaded).Mid/(1<<20), spread(a.Idle).Mid/(1<<10))
		}
	}
	return b.String()
}

// IdleConnections returns how many connections are idle for that.
func (page) IdleConnections() int { return idleConnections }

// Ahead lists who does a work in less time than dewar, or more often over a socket, by more than chance.
func (p page) Ahead() string {
	var b strings.Builder
	line := func(title string, own Spread, all map[string]Spread, ahead func(other Spread) bool) {
		var names []string
		for _, r := range bars(all) {
			if r.name != ownName && r.spread.apart(own) && ahead(r.spread) {
				names = append(names, fmt.Sprintf("%s (%s)", r.name, times(r.spread.Mid)))
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", title, times(own.Mid), strings.Join(names, ", "))
		}
	}
	b.WriteString("| work | dewar | ahead of it |\n| --- | ---: | --- |\n")
	for _, w := range works() {
		if results := p.InProcess[w.name]; len(results) > 0 {
			all := called(results, w.base)
			line(w.title, all[ownName], all, func(other Spread) bool { return other.Mid < all[ownName].Mid })
		}
	}
	for _, w := range works() {
		if results := p.Socket[w.name]; len(results) > 0 {
			all := served(results, w.base)
			line(w.title+", over a socket", all[ownName], all, func(other Spread) bool { return other.Mid > all[ownName].Mid })
		}
	}
	return b.String()
}

// VersionList returns the names and versions of what was compared.
func (p page) VersionList() string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(p.Versions)) {
		list = append(list, name+" "+p.Versions[name])
	}
	return strings.Join(list, ",\n")
}

// Libraries returns how many have been compared in this program, net/http and what is done by hand among them.
func (page) Libraries() int { return len(contenders()) }

// Routes returns how many routes the work "github" has.
func (page) Routes() int { return len(githubRoutes()) }

// PageRows returns how many rows the page has.
func (page) PageRows() int { return len(rows()) }

func bold(name string) string {
	if name == ownName {
		return "**" + name + "**"
	}
	return name
}

// ratio writes the median and, but for the base itself, the middle half.
func ratio(r bar, base string) string {
	if r.name == base {
		return "1"
	}
	return fmt.Sprintf("%s (%s–%s)", times(r.spread.Mid), times(r.spread.Low), times(r.spread.High))
}

// duration writes nanoseconds with three digits.
func duration(ns float64) string {
	if ns >= 1000 {
		return fmt.Sprintf("%.3g µs", ns/1000)
	}
	return fmt.Sprintf("%.0f ns", ns)
}
