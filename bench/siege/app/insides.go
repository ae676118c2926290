package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
)

// Insides are what a process holds at a moment. What a system does not tell is -1.
type Insides struct {
	PID         int   `json:"pid"`
	Resident    int64 `json:"resident"` // bytes of the process in memory
	Heap        int64 `json:"heap"`     // bytes of live objects, and of dead ones that were not collected yet
	Goroutines  int   `json:"goroutines"`
	Descriptors int   `json:"descriptors"`
	Temporary   int   `json:"temporary"` // files in TMPDIR
}

// insides adds the routes by which the siege looks into a process and does harm to it.
func insides(app *dewar.App, kept *kept) {
	app.Get("/insides", func(c *dewar.Context) error {
		if c.Query().Bool("free") {
			debug.FreeOSMemory()
		}
		return c.JSON(look())
	})
	app.Post("/insides/store", kept.harm)
	app.Get("/insides/stacks", stacks)
}

func look() Insides {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return Insides{
		PID: os.Getpid(), Resident: resident(), Heap: int64(m.HeapAlloc),
		Goroutines: runtime.NumGoroutine(), Descriptors: descriptors(), Temporary: temporary(),
	}
}

// stacks tells what all goroutines do.
func stacks(c *dewar.Context) error {
	text := make([]byte, 4<<20)
	return c.Text(string(text[:runtime.Stack(text, true)]))
}

// resident is what Linux tells.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kib * 1024
		}
	}
	return -1
}

// descriptors is what Linux tells, without the one that looks.
func descriptors() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(list) - 1
}

// temporary counts the files in the folder of temporary files.
func temporary() (n int) {
	_ = filepath.WalkDir(os.TempDir(), func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return nil
	})
	return n
}
