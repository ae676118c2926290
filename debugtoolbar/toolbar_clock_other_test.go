//go:build !unix && !race

package debugtoolbar_test

import "time"

var began = time.Now()

// clock returns the time that has passed.
func clock() time.Duration { return time.Since(began) }
