package main

import "context"

// handOvers has a new process take the place of each site's old one.
func handOvers(ctx context.Context, f *field) error {
	return f.eachDurable(ctx, "hand-overs", (*site).handOver)
}

// restarts stop the process of each site and start one after it. Who connects in between waits in the socket.
func restarts(ctx context.Context, f *field) error {
	return f.eachDurable(ctx, "restarts", (*site).restart)
}

// crashes kill the process of each site in the middle of all that it does, and start one after it. Requests in flight are cut
// off, but nothing that was acknowledged is lost.
func crashes(ctx context.Context, f *field) error {
	return f.eachDurable(ctx, "crashes", (*site).kill)
}

// eachDurable does something to each site whose sessions outlive a process.
func (f *field) eachDurable(ctx context.Context, name string, do func(s *site, ctx context.Context) error) error {
	for _, s := range f.sites {
		if !s.durable() || ctx.Err() != nil {
			continue
		}
		if err := do(s, context.WithoutCancel(ctx)); err != nil {
			return err
		}
		f.count(name, 1)
	}
	return nil
}
