package siege

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// A plan says how a process of the application is set up.
type plan struct {
	Backend   string            // which store
	URL       string            // of its server
	Addrs     []string          // of a Cluster, or of sentinels
	Detours   map[string]string // proxies by the address that they stand before
	Replicas  int               // that must have a write
	Listeners int               // of this process
	Deadline  time.Duration
	SecretKey string
}

// planVariable holds the plan of a process that is an application and no test.
const planVariable = "DEWAR_SIEGE_PLAN"

func TestMain(m *testing.M) {
	text := os.Getenv(planVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var p plan
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = serve(p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "siege:", err)
		os.Exit(1)
	}
}

// store returns the store of the plan, and what closes it.
func (p plan) store() (sessionstore.Store, func(), error) {
	nothing := func() {}
	if store := flawed(p.Backend); store != nil {
		return store, nothing, nil
	}
	return nil, nothing, fmt.Errorf("there is no backend %q", p.Backend)
}
