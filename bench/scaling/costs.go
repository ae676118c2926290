package scaling

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// A Cost is what one call or request costs, on average.
type Cost struct {
	// Server and Client are microseconds of one core: of the processes of the database, and of the application.
	Server, Client float64
	// Sent and Received are bytes between them, as the application sees it.
	Sent, Received float64
	// Log is bytes that the database writes to its log.
	Log float64
}

// A Store is what was measured of one. Sessions have 500 bytes in six values.
type Store struct {
	// Sessions is how many there were.
	Sessions int
	// Bytes is what a session takes, in memory or in the files of the database. Used is the same after each was
	// changed twice, if that was measured. Owned is what it takes more when it has an owner.
	Bytes, Used, Owned float64
	// Load, Create, Delete are calls, Update one that changes a value, Touch one that changes none.
	Load, Create, Update, Touch, Delete Cost
}

// A Carrier is what was measured of whole requests at an App: Read reads a value, Change changes one. Sent is the bytes of
// the request's Cookie header, Received those of Set-Cookie.
type Carrier struct{ Read, Change Cost }

// Measured is what was measured on one machine.
type Measured struct {
	// Machine says what it was.
	Machine string
	Stores  map[string]Store
	// Cookie is a session of 500 bytes in a signed cookie, Memory one in a sessionstore.Memory.
	Cookie, Memory Carrier
}

//go:embed measured.json
var measured []byte

// LoadMeasured returns what was measured last.
func LoadMeasured() (Measured, error) {
	var m Measured
	if err := json.Unmarshal(measured, &m); err != nil {
		return m, fmt.Errorf("scaling: measured.json: %w; write it anew with go test -run Measure ./scaling -update", err)
	}
	return m, nil
}
