// Package flasksession shares sessions with Flask-Session 0.8, the extension that keeps the sessions of a Flask application
// in Redis, and takes them over.
//
// # Side by side
//
// While parts of a site move from Python to Go, both use one login:
//
//	app.SessionInterface = &flasksession.SessionInterface{Client: redis.NewClient(&redis.Options{Addr: "localhost:6379"})}
//
// [SessionInterface] reads and writes Flask-Session's own keys, blobs and cookies, in MessagePack and in JSON, and heeds its
// configuration keys. It is for the time of a migration: Flask-Session writes whole sessions, so the last writer wins.
//
// # For good
//
// When Python serves these visitors no more, a [Takeover] moves each session into a store of package sessionstore at its
// first use:
//
//	app.SessionInterface = &sessionstore.Moving{
//		From: &flasksession.Takeover{
//			From:  &flasksession.SessionInterface{Client: client},
//			Until: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC),
//		},
//		To: &sessionstore.SessionInterface{Store: store},
//	}
//
// # Pickle
//
// Versions of Flask-Session before 0.7 wrote pickles, which are programs. They are never decoded here; [ErrPickle] counts
// them. Flask-Session 0.7 and 0.8 turn such a session into MessagePack as soon as its visitor comes, so let one of them run
// for a while first.
package flasksession
