package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"time"
)

func main() {
	if child, err := serveChild(); child {
		exit(err)
	}
	rounds := flag.Int("rounds", 20, "how often each contender has its turn")
	each := flag.Duration("each", 100*time.Millisecond, "how long a turn in process lasts; one over a socket lasts five times that")
	docs := flag.String("docs", "../docs", "where the documentation is")
	print := flag.Bool("print", false, "write the documentation of what was measured last")
	flag.Parse()
	if *rounds < 1 || *each <= 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *print {
		m, err := loadMeasured()
		if err == nil {
			err = write(m, *docs)
		}
		exit(err)
	}
	exit(compare(ctx, *rounds, *each, *docs))
}

// exit ends the program, well if err is nil.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// compare measures everything and writes what comes of it.
func compare(ctx context.Context, rounds int, each time.Duration, docs string) error {
	if _, err := os.Stat(measuredFile); err != nil {
		return fmt.Errorf("%w; run it in bench/, as go run ./compare", err)
	}
	m, err := measure(ctx, works(), rounds, each)
	if err != nil {
		return err
	}
	if err := m.save(measuredFile); err != nil {
		return err
	}
	return write(m, docs)
}

// measure does so, and says on standard error how far it has come.
func measure(ctx context.Context, list []work, rounds int, each time.Duration) (Measured, error) {
	m := Measured{Machine: thisMachine(), Rounds: rounds, Versions: versions(), InProcess: map[string]map[string]*Called{}, Socket: map[string]map[string]*Served{}}
	socketTurn := 5 * each
	m.Machine.Clients, m.Machine.RoundMS, m.Machine.SocketMS = connections, int(each.Milliseconds()), int(socketTurn.Milliseconds())
	skip := func(what string, err error) {
		m.Skipped = append(m.Skipped, fmt.Sprintf("%s: %v", what, err))
		fmt.Fprintf(os.Stderr, "\n*** SKIPPED: %s: %v ***\n\n", what, err)
	}
	folder, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(folder)
	url, stop, err := startRedis(folder)
	if err != nil {
		skip("sessions in Redis", err)
	} else {
		defer stop()
	}
	flask := folder
	found, err := flaskVersions()
	if err == nil {
		err = os.CopyFS(folder, flaskFiles)
	}
	if err != nil {
		skip(flaskName, err)
		flask = ""
	}
	maps.Copy(m.Versions, found)
	for _, w := range list {
		if needsRedis(w) && url == "" {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s, in process\n", w.title)
		if m.InProcess[w.name], err = onOneCore(func() (map[string]*Called, error) {
			return inProcess(ctx, w, place{redis: url}, rounds, each)
		}); err != nil {
			return m, err
		}
	}
	for _, w := range list {
		if !w.socket {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s, over a socket\n", w.title)
		if m.Socket[w.name], err = overSocket(ctx, w, flask, rounds, socketTurn); err != nil {
			return m, err
		}
	}
	fmt.Fprintln(os.Stderr, "memory, each alone")
	if m.Alone, err = memoryAlone(ctx, folder, rounds, 2*socketTurn); ctx.Err() != nil {
		return m, err
	} else if err != nil {
		skip("memory of each alone", err)
	}
	return m, nil
}

// onOneCore runs f with one core for all goroutines, so that none of the garbage collector's work is hidden on another.
func onOneCore[T any](f func() (T, error)) (T, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return f()
}

// write writes the documentation and its charts.
func write(m Measured, docs string) error {
	files, err := documents(m)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(docs, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
