//go:build race

package dewar_test

// roundTrips is fewer with the race detector, which makes each ten times slower.
const roundTrips = 100_000
