package sessionstore_test

import "os"

// rounds returns how often a long test repeats: quick times, or full times where make long asks for it.
func rounds(quick, full int) int {
	if os.Getenv("DEWAR_ROUNDS") == "full" {
		return full
	}
	return quick
}
