package main

import "context"

// memoryRuns is how often everything is counted at first, memoryAgain how often where more seems to be needed.
const memoryRuns, memoryAgain = 3, 10

// countMemory counts the allocations of all rows, with the garbage collector off, and again of those that seem to need more.
func countMemory(ctx context.Context, s survey, bench string) error {
	for _, rows := range s.programs() {
		for range memoryRuns {
			if err := countAll(ctx, rows, bench); err != nil {
				return err
			}
		}
		for _, r := range rows {
			if !r.allocated.suspect() {
				continue
			}
			if err := r.countAgain(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// countAll runs the two programs of rows once each.
func countAll(ctx context.Context, rows []*row, bench string) error {
	all := turn{pattern: bench, lasts: "5ms", count: 1, uncollected: true}
	base, err := rows[0].base.run(ctx, all)
	if err != nil {
		return err
	}
	head, err := rows[0].head.run(ctx, all)
	if err != nil {
		return err
	}
	for _, r := range rows {
		r.allocated.base = append(r.allocated.base, named(base, r.name)...)
		r.allocated.head = append(r.allocated.head, named(head, r.name)...)
	}
	return nil
}

// countAgain counts one row alone.
func (r *row) countAgain(ctx context.Context) (err error) {
	alone := turn{pattern: exactly(r.name), lasts: "10ms", count: memoryAgain, uncollected: true}
	if r.allocated.base, err = r.base.run(ctx, alone); err != nil {
		return err
	}
	r.allocated.head, err = r.head.run(ctx, alone)
	return err
}

// named returns the results of that name.
func named(all []result, name string) []result {
	var list []result
	for _, r := range all {
		if r.name == name {
			list = append(list, r)
		}
	}
	return list
}
