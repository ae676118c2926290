package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	if os.Getenv(appVariable) != "" {
		exit(serve())
	}
	var o options
	flag.IntVar(&o.requests, "requests", 1_000_000, "how many requests visitors make")
	flag.IntVar(&o.connections, "connections", 500, "how many connections they have")
	flag.DurationVar(&o.over, "for", 8*time.Minute, "how long it takes, at a constant rate of requests; 0 for as fast as they are answered")
	flag.DurationVar(&o.quiet, "quiet", 30*time.Second, "how long the application may take afterwards to let go of all that it held for clients")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "repeats what was random in another run, though not its timing")
	names := flag.String("attacks", "all", "the names of attacks with commas between them, all, or none")
	flag.StringVar(&o.json, "json", "", "where the score card is written as JSON")
	flag.StringVar(&o.chart, "chart", "", "where the chart is written")
	flag.StringVar(&o.docs, "docs", "", "the folder of the documentation, whose figures are written anew if every promise holds; run it in bench/ then")
	flag.StringVar(&o.redis, "redis", "", "the URL of a Redis, for a site more whose sessions are there; they stay in it for as long as sessions live")
	flag.StringVar(&o.program, "app", "", "a binary of this program that is besieged in place of this one")
	flag.Parse()
	list, err := attacksNamed(*names)
	if err != nil || o.requests < 1 || o.connections < 1 || o.over < 0 || flag.NArg() > 0 {
		if err != nil {
			fmt.Fprintln(os.Stderr, "siege:", err)
		}
		flag.Usage()
		os.Exit(2)
	}
	o.attacks = list
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(besiege(ctx, o, os.Stdout))
}

// exit ends the program, well if err is nil.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "siege:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// attacksNamed returns the attacks of a list of names.
func attacksNamed(names string) ([]attack, error) {
	switch names {
	case "all":
		return attacks, nil
	case "none", "":
		return nil, nil
	}
	var list []attack
	for name := range strings.SplitSeq(names, ",") {
		a, ok := attackNamed(name)
		if !ok {
			return nil, fmt.Errorf("there is no attack %q; there are %s", name, strings.Join(attackNames(), ", "))
		}
		list = append(list, a)
	}
	return list, nil
}

func attackNamed(name string) (attack, bool) {
	for _, a := range attacks {
		if a.name == name {
			return a, true
		}
	}
	return attack{}, false
}

func attackNames() (names []string) {
	for _, a := range attacks {
		names = append(names, a.name)
	}
	return names
}
