//go:build !linux

package app

import (
	"net/http"

	"github.com/dewar-go/dewar"
)

func ignoreFullDisks() {}

// limitFiles stands for a disk that is full where the system can bound the files of a process.
func limitFiles(*dewar.Context) error { return dewar.Abort(http.StatusNotImplemented) }
