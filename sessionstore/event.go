package sessionstore

import "time"

// An Event is something that metrics count. [SessionInterface.Observe] and the stores' own fields of that name get them.
type Event struct {
	// Name is what happened:
	//
	//	load create update delete claim release claims mark raise   a call of the store, with Took and Err
	//	ended         a request found its session ended when it saved it, and was answered 409
	//	superseded    a request with the secret of before a Renew wrote, and was answered 409
	//	moved         a Moving has brought a session into the store, or a MovingBack one out of it
	//	unreadable    values could not be read: Count of them
	//	opened closed the breaker of Node
	//	refused       a call was not made: the breaker of Node was open, or too many waited
	//	evicted       Count sessions had to go from a full Memory before they expired
	//	swept         Count expired sessions were removed, in Took
	Name string
	// Node is the node of the store that was called, or "" for a store with one.
	Node  string
	Took  time.Duration
	Count int
	// Err is what the store returned. ErrNotFound, ErrConflict and ErrExists are no failures.
	Err error
}
