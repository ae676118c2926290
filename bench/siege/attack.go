package main

import (
	"context"
	"time"
)

// An attack does harm to the sites while visitors use them, and looks at what comes back.
type attack struct {
	// name is what -attacks and the score card call it.
	name string
	// promise is the one that it tries most of all: a constant of promise.go.
	promise string
	// run attacks until ctx ends, or less. A broken promise is told to f; an error means that the attack itself could not be made.
	run func(ctx context.Context, f *field) error
	// refuses says that visitors may be answered 503 meanwhile.
	refuses bool
	// takes is how much time it gets at least, for attacks that wait for limits of the server.
	takes time.Duration
}

// attacks are all that there are, in the order in which they are made.
var attacks = []attack{
	{name: "hand-over", promise: nothingDropped, run: handOvers, takes: 10 * time.Second},
	{name: "restarts", promise: nothingDropped, run: restarts, takes: 15 * time.Second},
	{name: "crashes", promise: failClosed, run: crashes, refuses: true},
	{name: "drains", promise: nothingDropped, run: drains, takes: 20 * time.Second},
	{name: "aborted-clients", promise: othersUnharmed, run: abortedClients},
	{name: "slow-clients", promise: bounded, run: slowClients, takes: 15 * time.Second},
	{name: "uploads", promise: bounded, run: uploads, takes: 15 * time.Second},
	{name: "events", promise: nothingLeft, run: eventStreams},
	{name: "websockets", promise: nothingLeft, run: websockets},
	{name: "http2", promise: othersUnharmed, run: http2Streams},
	{name: "corpus", promise: bounded, run: sendCorpus},
	{name: "mutations", promise: bounded, run: mutations},
	{name: "forged-cookies", promise: verified, run: forgedCookies},
	{name: "clock-jumps", promise: verified, run: clockJumps},
	{name: "other-sites", promise: noCrossPosts, run: otherSites},
	{name: "foreign-hosts", promise: hostAndClient, run: foreignHosts},
	{name: "split-headers", promise: noSplitHeader, run: splitHeaders},
	{name: "redirects", promise: onSite, run: redirects},
	{name: "static-files", promise: staticInside, run: staticFiles},
	{name: "caches", promise: notCached, run: caches},
	{name: "half-pages", promise: noHalfPages, run: halfPages},
	{name: "error-pages", promise: noSecret, run: errorPages},
	{name: "streams", promise: failClosed, run: streams},
	{name: "latecomers", promise: noMixing, run: latecomers},
	{name: "echoes", promise: noMixing, run: echoes},
	{name: "hanging-store", promise: failClosed, run: hangingStore, refuses: true, takes: 20 * time.Second},
	{name: "full-disk", promise: othersUnharmed, run: fullDisk, refuses: true},
}
