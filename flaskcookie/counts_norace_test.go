//go:build !race

package flaskcookie_test

// slowness is how many times fewer rounds the longest tests take.
const slowness = 1
