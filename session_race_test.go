//go:build race

package dewar_test

// foreignKeys is fewer with the race detector, which makes each request ten times slower.
const foreignKeys = 500
