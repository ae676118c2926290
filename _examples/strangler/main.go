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
		return servePython(ctx, port)
	case stage == lastStage:
		return serveGo(stage, port, "")
	}
	return serveBoth(ctx, stage, port)
}

// serveBoth serves Go when Flask behind it is there. Flask ends after it.
func serveBoth(ctx context.Context, stage, port int) error {
	alive, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	python := pythonServer(alive, port+1)
	python.Env = append(os.Environ(), "BLOG_PROXIES=1")
	if err := startPython(python); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = python.Wait()
		end()
	}()
	url := "http://127.0.0.1:" + strconv.Itoa(port+1)
	err := awaitPython(ctx, alive, url)
	if err == nil && ctx.Err() == nil {
		err = serveGo(stage, port, url)
	}
	end()
	<-ended
	return err
}

// servePython serves Flask alone. A server that was told to end has not failed.
func servePython(ctx context.Context, port int) error {
	python := pythonServer(ctx, port)
	if err := startPython(python); err != nil {
		return err
	}
	if err := python.Wait(); ctx.Err() == nil {
		return fmt.Errorf("%s has ended: %w", python, err)
	}
	return nil
}

func serveGo(stage, port int, python string) error {
	app, err := createApp(stage, python)
	if err != nil {
		return err
	}
	return app.Run("127.0.0.1:" + strconv.Itoa(port))
}
