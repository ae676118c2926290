// Package redisstore keeps sessions in Redis: one node, Sentinel, or a cluster.
//
//	store, err := redisstore.Open("redis://localhost:6379")
//	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
//
// A session is one hash, named Prefix and its handle, in which each value is a field. Reading it is one command, changing it
// one script, which does all or nothing at one moment: so requests that run at once keep each other's values, and a
// session that has been destroyed does not come back.
//
// # Losing nothing
//
// Redis answers before a write is on disk, and before its replicas have it. With appendfsync always in its configuration
// nothing that was answered is lost when the server dies; with [Store.Replicas] nothing is lost when one node dies and a
// replica takes its place.
package redisstore
