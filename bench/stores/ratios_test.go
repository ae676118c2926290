//go:build unix && !race

package stores

import (
	"testing"

	"github.com/dewar-go/dewar/sessionstore"
)

// TestMemoryIsFiveTimesFasterThanSCS holds what the documentation says of sessions in memory.
func TestMemoryIsFiveTimesFasterThanSCS(t *testing.T) {
	dewar, scs := withDewar(t, sessionstore.NewMemory()), withSCS(nil)
	for _, path := range paths {
		costs := compare(t, rounds(), 1000, crowd{newClient(t, dewar, path)}, crowd{newClient(t, scs, path)})
		ratio := float64(costs[1].cpu) / float64(costs[0].cpu)
		t.Logf("%-10s dewar %v, scs %v a request: %.1f times faster", path, costs[0].cpu, costs[1].cpu, ratio)
		if full() && ratio < 5 {
			t.Errorf("%s is %.1f times faster, want 5", path, ratio)
		}
	}
}
