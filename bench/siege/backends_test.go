package siege

import (
	"crypto/rand"
	"encoding/hex"
	"testing"
	"time"
)

// A backend is what keeps sessions.
type backend struct {
	name string
	// settle starts its servers for a test.
	settle func(t testing.TB) *ground
}

// A ground is a backend that runs, with what can be done to it.
type ground struct {
	plan      plan
	processes int
}

var backends = []backend{
	{"plain", func(testing.TB) *ground { return &ground{plan: plan{Backend: "sound", Listeners: 2}, processes: 1} }},
}

// fleet starts the application on the ground.
func (g *ground) fleet(t testing.TB, deadline time.Duration) *fleet {
	t.Helper()
	g.plan.Deadline = deadline
	g.plan.SecretKey = canary("key")
	return startFleet(t, g.plan, g.processes)
}

// canary returns a secret that can be found wherever it gets out.
func canary(what string) string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return "canary-" + what + "-" + hex.EncodeToString(random[:])
}
