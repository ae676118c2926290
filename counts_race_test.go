//go:build race

package dewar_test

// roundTrips is fewer with the race detector, which makes each ten times slower.
const roundTrips = 100_000

// requestsPerRestart is how many requests each server of the restart test answers at least.
const requestsPerRestart = 500

// foreignKeys is fewer with the race detector, which makes each request ten times slower.
const foreignKeys = 500
