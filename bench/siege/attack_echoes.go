package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// echoes ask for answers that are one token many times over, many at once: a buffer that two of them shared would show.
func echoes(ctx context.Context, f *field) error {
	const requests = 1200
	together(ctx, requests, 48, func(i int) {
		s := f.sites[i%len(f.sites)]
		token := fmt.Sprintf("echo-%d-%016x", i, f.rand.Uint64())
		w, err := s.ask(ctx, "", "GET", fmt.Sprintf("/target/repeat?token=%s&times=%d", token, 100+i%900), "")
		if err != nil {
			return
		}
		var list []string
		err = json.Unmarshal(w.body, &list)
		other := slices.IndexFunc(list, func(one string) bool { return one != token })
		f.check(noMixing, err == nil && len(list) == 100+i%900 && other < 0, "%s has something else in its answer: %v, %d items, item %d", w.where, err, len(list), other)
	})
	f.count("echoes", requests)
	return nil
}
