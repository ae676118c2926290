// Package stores measures sessions that are kept on the server beside those of alexedwards/scs doing the same work: in
// memory, and on a Redis.
//
//	go test -bench . -benchmem ./stores
package stores
