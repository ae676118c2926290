package main

import "context"

// handOvers has a new process take the place of each site's old one.
func handOvers(ctx context.Context, f *field) error {
	for _, s := range f.sites {
		if !s.durable() {
			continue
		}
		if err := s.handOver(ctx); err != nil {
			return err
		}
		f.held(nothingDropped)
		f.count("hand-overs", 1)
	}
	return nil
}
