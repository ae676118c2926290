// Package servers starts real Redis, PostgreSQL and MariaDB servers for tests, and does them harm.
//
// A struct says which server is wanted; its method Start starts it on a port of 127.0.0.1 with a folder of its own, waits
// until it answers, and ends it with the test:
//
//	node := servers.Redis{AppendFsync: "always"}.Start(t)
//	client := redis.NewClient(&redis.Options{Addr: node.Addr()})
//	node.Kill()
//	node.Start()
//
// # What is missing
//
// A test whose server is not installed is skipped, with a text that says what to install. DEWAR_STORES=required, which
// continuous integration sets, has it fail instead. Servers are started on Linux alone.
//
// # What is running
//
// [RedisURL], [PostgresURL] and [MySQLURL] return the server that DEWAR_REDIS, DEWAR_POSTGRES or DEWAR_MYSQL names, and
// start one when the variable is empty. Tests that do harm always start their own.
//
// # Harm
//
// A [Server] can be stopped, killed, paused and started again with its data; its disk can be full and its clock wrong. A
// [Proxy] refuses, delays, swallows and cuts what clients and servers send, and counts it. Methods end the test when they
// fail; every wait has a bound. They are safe for concurrent use, but a failure ends the goroutine it happens on, so that
// a test should wait for those it starts.
//
// The processes end when the test process does, however that ends.
package servers
