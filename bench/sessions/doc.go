// Package sessions measures the sessions of dewar beside those of gorilla/sessions and alexedwards/scs doing the same
// work, and beside gorilla/securecookie alone. It is a module of its own, so that nothing else depends on them.
//
//	go test -bench . -benchmem ./sessions
package sessions
