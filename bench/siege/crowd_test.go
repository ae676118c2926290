package main

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar/bench/siege/app"
)

func TestSleepUntil(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		for _, tt := range []struct {
			moment time.Duration
			want   bool
			at     time.Duration
		}{
			{-time.Minute, true, 0},
			{500 * time.Millisecond, true, 500 * time.Millisecond},
			{time.Minute, false, time.Second},
			{-time.Minute, false, time.Second},
		} {
			if got := sleepUntil(ctx, began.Add(tt.moment)); got != tt.want || time.Since(began) != tt.at {
				t.Errorf("until %v: got %v at %v, want %v at %v", tt.moment, got, time.Since(began), tt.want, tt.at)
			}
		}
	})
}

// TestCrowdMakesEachRequestOnce has no dewar in it: the application is a shop.
func TestCrowdMakesEachRequestOnce(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&shop{sessions: map[string]*app.Seen{}})
	defer server.Close()
	f := &field{ledger: newLedger(), rand: rand.New(&lockedSource{source: rand.NewPCG(1, 1)})}
	f.sites = []*site{{name: "shop", scheme: "http", sessions: "cookie", addr: server.Listener.Addr().String(), field: f}}
	c := &crowd{field: f, connections: 7, requests: 50}
	c.run(t.Context())
	leaves := f.ledger.requests() - c.requests // which look once more whether the session has ended
	if leaves < 0 || leaves > 10 {
		t.Errorf("%d requests were made of 50", f.ledger.requests())
	}
}
