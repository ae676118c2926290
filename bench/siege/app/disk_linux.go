package app

import (
	"net/http"
	"os/signal"
	"syscall"

	"github.com/dewar-go/dewar"
)

// ignoreFullDisks has a write beyond the limit of limitFiles fail, as one to a full disk does, in place of ending the
// program.
func ignoreFullDisks() { signal.Ignore(syscall.SIGXFSZ) }

// limitFiles bounds how large files of the process may become, by ?bytes=; without it there is no bound. It stands for a
// disk that is full.
func limitFiles(c *dewar.Context) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	if c.Query().Has("bytes") {
		n := c.Query().Int64("bytes")
		if n < 0 {
			return dewar.Abort(http.StatusBadRequest)
		}
		limit.Cur = uint64(n)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	return c.NoContent()
}
