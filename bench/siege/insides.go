package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// Held is what the newest process of a site held: at first, when it had been used a little; at most, during the siege; at last,
// when all was quiet again.
type Held struct {
	First app.Insides `json:"first"`
	Most  app.Insides `json:"most"`
	Last  app.Insides `json:"last"`
}

// columns are its numbers for tables: memory, goroutines, descriptors, temporary files.
func (h *Held) columns() []string {
	of := func(number func(in app.Insides) string) string {
		return number(h.First) + " / " + number(h.Most) + " / " + number(h.Last)
	}
	return []string{
		of(func(in app.Insides) string { return mib(in.Resident) }),
		of(func(in app.Insides) string { return thousands(in.Goroutines) }),
		of(func(in app.Insides) string { return thousands(in.Descriptors) }),
		of(func(in app.Insides) string { return thousands(in.Temporary) }),
	}
}

// What may be more at last than at first. A process keeps some things that it has once needed: connections of its database, the
// threads and stacks of the runtime, and sessions.
const (
	moreGoroutines  = 10
	moreDescriptors = 10
	moreHeap        = 16 << 20
	moreResident    = 96 << 20
)

// mostResident is what a process may never take, whatever is sent to it.
const mostResident = 512 << 20

// A watch looks into all processes, each second.
type watch struct {
	field *field
	held  map[*site]*Held
	mu    sync.Mutex
}

// newWatch uses each site a little and remembers what it holds after that.
func newWatch(ctx context.Context, f *field) (*watch, error) {
	w := &watch{field: f, held: map[*site]*Held{}}
	for _, s := range f.sites {
		warmUp(f, s)
		first, err := settled(ctx, s)
		if err != nil {
			return nil, err
		}
		w.held[s] = &Held{First: first, Most: first}
	}
	return w, nil
}

// warmUp has some visitors do each thing once, all at the same time.
func warmUp(f *field, s *site) {
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			v := f.visitor(s)
			defer v.close()
			v.act(time.Now())
			for _, a := range actions {
				v.wanted = time.Now()
				a.do(v)
			}
		})
	}
	all.Wait()
}

// settled returns what a site holds as soon as that gets no less, or after ten seconds.
func settled(ctx context.Context, s *site) (in app.Insides, err error) {
	for range 20 {
		before := in
		if in, err = s.insides(ctx, true); err != nil {
			return in, err
		}
		if before.PID == in.PID && in.Goroutines >= before.Goroutines && in.Descriptors >= before.Descriptors && in.Temporary == 0 {
			break
		}
		sleepUntil(ctx, time.Now().Add(500*time.Millisecond))
	}
	return in, nil
}

// look looks each second until ctx ends.
func (w *watch) look(ctx context.Context) {
	for next := time.Now(); sleepUntil(ctx, next); next = next.Add(time.Second) {
		var all sync.WaitGroup
		for _, s := range w.field.sites {
			all.Go(func() { w.sample(ctx, s) })
		}
		all.Wait()
	}
}

// sample notes what one site holds. A process that is busy, or about to stop, is looked at another time.
func (w *watch) sample(ctx context.Context, s *site) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	in, err := s.insides(ctx, false)
	if err != nil {
		w.field.count("looks inside without an answer", 1)
		return
	}
	w.note(s, in)
	w.field.check(bounded, in.Resident <= mostResident, "the application on %s takes %s of memory", s.name, mib(in.Resident))
}

// note remembers what a site held at most.
func (w *watch) note(s *site, in app.Insides) {
	w.mu.Lock()
	defer w.mu.Unlock()
	most := &w.held[s].Most
	most.Resident, most.Heap = max(most.Resident, in.Resident), max(most.Heap, in.Heap)
	most.Goroutines, most.Descriptors = max(most.Goroutines, in.Goroutines), max(most.Descriptors, in.Descriptors)
	most.Temporary = max(most.Temporary, in.Temporary)
}

// finish waits until all is gone that the last clients had, but not longer than quiet, and compares with the beginning.
func (w *watch) finish(ctx context.Context, quiet time.Duration) {
	w.field.plain.CloseIdleConnections()
	var all sync.WaitGroup
	for _, s := range w.field.sites {
		all.Go(func() {
			if err := w.compare(ctx, s, quiet); err != nil {
				w.field.broken(othersUnharmed, "the application on %s does not tell what it holds after the siege: %v", s.name, err)
			}
		})
	}
	all.Wait()
}

func (w *watch) compare(ctx context.Context, s *site, quiet time.Duration) error {
	held := w.held[s]
	var more []string
	for end := time.Now().Add(quiet); ; {
		last, err := s.insides(ctx, true)
		if err != nil {
			return err
		}
		held.Last = last
		if more = held.more(); len(more) == 0 || time.Now().After(end) {
			break
		}
		sleepUntil(ctx, time.Now().Add(500*time.Millisecond))
	}
	if len(more) > 0 {
		w.field.broken(nothingLeft, "%s holds more than before: %s; most goroutines are at %s", s.name, strings.Join(more, ", "), busiest(s.stacks(ctx)))
		return nil
	}
	w.field.held(nothingLeft)
	return nil
}

// more says of what there is more at last than there may be.
func (h *Held) more() (list []string) {
	for _, one := range []struct {
		what        string
		first, last int64
		may         int64
	}{
		{"goroutines", int64(h.First.Goroutines), int64(h.Last.Goroutines), moreGoroutines},
		{"descriptors", int64(h.First.Descriptors), int64(h.Last.Descriptors), moreDescriptors},
		{"temporary files", int64(h.First.Temporary), int64(h.Last.Temporary), 0},
		{"bytes of live objects", h.First.Heap, h.Last.Heap, moreHeap},
		{"bytes in memory", h.First.Resident, h.Last.Resident, moreResident},
	} {
		if one.last > one.first+one.may {
			list = append(list, fmt.Sprintf("%d %s, %d at first", one.last, one.what, one.first))
		}
	}
	return list
}

// leftovers counts the temporary files of processes that have ended.
func (f *field) leftovers() {
	for _, s := range f.sites {
		n := 0
		_ = filepath.WalkDir(filepath.Join(s.folder, "tmp"), func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				n++
			}
			return nil
		})
		f.check(nothingLeft, n == 0, "%d temporary files are left of the application on %s", n, s.name)
	}
}

// busiest returns where most of the goroutines are, of what package runtime writes about all of them.
func busiest(stacks string) string {
	counts := map[string]int{}
	for goroutine := range strings.SplitSeq(stacks, "\n\n") {
		lines := strings.Split(goroutine, "\n")
		counts[createdBy(lines)]++
	}
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	var list []string
	for _, name := range names[:min(3, len(names))] {
		list = append(list, fmt.Sprintf("%s (%d)", name, counts[name]))
	}
	return strings.Join(list, ", ")
}

// createdBy returns the functions in which a goroutine is, and which has started it.
func createdBy(lines []string) string {
	if len(lines) < 2 {
		return "no stack"
	}
	in, _, _ := strings.Cut(lines[1], "(0x")
	for _, line := range lines {
		if by, ok := strings.CutPrefix(line, "created by "); ok {
			by, _, _ = strings.Cut(by, " in goroutine")
			return in + " of " + by
		}
	}
	return in
}

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
