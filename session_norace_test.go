//go:build !race

package dewar_test

// foreignKeys is how many keys that are not the App's make forged cookies.
const foreignKeys = 10_000
