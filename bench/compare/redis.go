package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// needsRedis reports whether a work cannot be done without one.
func needsRedis(w work) bool { return slices.Contains(inRedis, w.name) }

// startRedis starts one that keeps nothing on disk, behind a socket in folder, and returns its URL and what ends it. The one that
// DEWAR_REDIS names is taken instead, and not ended.
func startRedis(folder string) (url string, stop func(), err error) {
	if url := os.Getenv("DEWAR_REDIS"); url != "" {
		return url, func() {}, nil
	}
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return "", nil, errors.New("redis-server is not installed")
	}
	socket := filepath.Join(folder, "redis.sock")
	cmd := exec.Command(program, "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder)
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket})
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		if err = client.Ping(ctx).Err(); err == nil {
			return "unix://" + socket, stop, nil
		}
		select {
		case <-ctx.Done():
			stop()
			return "", nil, err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
