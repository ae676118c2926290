package flaskcookie

import (
	"bytes"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
)

// Python reads a year below 100 as one of 1969 to 2068.
const firstYear = 100

// checkTimes refuses a session with a time that Flask would read as another one, such as the zero time.Time.
func checkTimes(s *dewar.Session, payload []byte) error {
	if !bytes.Contains(payload, []byte(` 00`)) { // as in "Mon, 01 Jan 0001 00:00:00 GMT"
		return nil
	}
	for key, value := range s.All() {
		if holdsEarlyTime(value) {
			return fmt.Errorf("flaskcookie: session value %q holds a time before the year %d, which Flask would read as another; leave a time out that is not set", key, firstYear)
		}
	}
	return nil
}

func holdsEarlyTime(value any) bool {
	switch v := value.(type) {
	case time.Time:
		return v.UTC().Year() < firstYear
	case dewar.Map:
		for _, item := range v {
			if holdsEarlyTime(item) {
				return true
			}
		}
	case dewar.Tuple:
		return holdsEarlyTime([]any(v))
	case []any:
		for _, item := range v {
			if holdsEarlyTime(item) {
				return true
			}
		}
	}
	return false
}
