//go:build !race

package dewar_test

// roundTrips is how many values make the way to a URL and back.
const roundTrips = 1_000_000

// requestsPerRestart is how many requests each server of the restart test answers at least.
const requestsPerRestart = 10_000

// foreignKeys is how many keys that are not the App's make forged cookies.
const foreignKeys = 10_000
