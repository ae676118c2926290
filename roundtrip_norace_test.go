//go:build !race

package dewar_test

// roundTrips is how many values make the way to a URL and back.
const roundTrips = 1_000_000
