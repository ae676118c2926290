// Strangler is a blog that moves from Flask to dewar, one blueprint at a time. README.md tells the story.
//
// Run it in this folder, or as make strangler STAGE=2 in the root:
//
//	go run . -stage 0    # Flask alone
//	go run . -stage 1    # Go in front: static files, pages, the API; Flask has the rest
//	go run . -stage 2    # the posts too
//	go run . -stage 3    # accounts too; Flask has the page of the admin
//	go run . -stage 4    # Go alone
//
// It serves on 127.0.0.1:5000. The data is in instance/, the same at every stage, and so are the logins. What to curl:
//
//	curl -i http://127.0.0.1:5000/
//	curl -i http://127.0.0.1:5000/api/posts
//	curl -i http://127.0.0.1:5000/admin/
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	stage := flag.Int("stage", lastStage, "how much has moved to Go: 0 nothing, 4 everything")
	port := flag.Int("port", 5000, "port to serve on; Flask takes the one behind it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *stage, *port); err != nil {
		fmt.Fprintln(os.Stderr, "strangler:", err)
		os.Exit(1)
	}
}

// serve serves the site at a stage until ctx ends.
func serve(ctx context.Context, stage, port int) error {
	switch {
	case stage < 0 || stage > lastStage:
		return fmt.Errorf("there is no stage %d; pass -stage 0 to %d", stage, lastStage)
	case stage == 0:
		return ended(ctx, pythonServer(ctx, port).Run())
	case stage == lastStage:
		return serveGo(stage, port, "")
	}
	return serveBoth(stage, port)
}

// serveBoth serves Go, and Flask behind it, which ends after it.
func serveBoth(stage, port int) error {
	ctx, end := context.WithCancel(context.Background())
	python := pythonServer(ctx, port+1)
	python.Env = append(os.Environ(), "BLOG_PROXIES=1")
	if err := python.Start(); err != nil {
		end()
		return fmt.Errorf("%w; name a Python with Flask in DEWAR_PYTHON", err)
	}
	err := serveGo(stage, port, "http://127.0.0.1:"+strconv.Itoa(port+1))
	end()
	_ = python.Wait()
	return err
}

// ended forgives a server that was told to end.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func serveGo(stage, port int, python string) error {
	app, err := createApp(stage, python)
	if err != nil {
		return err
	}
	return app.Run("127.0.0.1:" + strconv.Itoa(port))
}
