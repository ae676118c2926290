//go:build race

package flaskcookie_test

// slowness is how many times fewer rounds the longest tests take with the race detector, which makes each slower.
const slowness = 10
