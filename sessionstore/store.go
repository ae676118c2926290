package sessionstore

import (
	"context"
	"errors"
	"time"
)

// A Store keeps the records of sessions by their handles. All of its methods may be called by several goroutines, and
// several processes may use one database. The context ends when the caller waits no longer; a method must return soon
// after that.
//
// What makes a backend right is that an Update is atomic: it happens whole or not at all, at one moment among all other
// Updates, Creates and Deletes of that handle, in whatever process. [Record.Apply] says what it does. A database that can
// compare and set loads the record, applies the delta, and writes it back if nobody else has written meanwhile; one with
// scripts or transactions does that in there. [dewartest.TestStore] finds what is wrong with a Store.
//
// Keys, values and owners are any text in UTF-8, NUL and the empty key included: a store gives back each byte. A record and a delta
// belong to the caller before and after the call, so a store keeps no map that it was given, and returns none that it keeps.
//
// Errors of the connection, of a server that is starting, failing over or read-only, and of too few replicas are wrapped in
// [ErrUnavailable]: the request ends in 503 and the breaker of the node counts them.
//
// [dewartest.TestStore]: https://pkg.go.dev/github.com/dewar-go/dewar/dewartest#TestStore
type Store interface {
	// Load returns the record of a handle, ErrNotFound, or ErrUnreadable. It may return a record that has expired.
	Load(ctx context.Context, h Handle) (Record, error)
	// Create keeps a record under a handle that has none, or one that had expired at r.Created. Otherwise it changes
	// nothing and returns ErrExists.
	Create(ctx context.Context, h Handle, r Record) error
	// Update does to the record of a handle what [Record.Apply] does, and returns its errors: ErrNotFound also when there is no
	// record, for an Update never creates one, and ErrConflict. It may return ErrTooLarge.
	Update(ctx context.Context, h Handle, d Delta) error
	// Delete removes the record of a handle for good. It is no error if there is none.
	Delete(ctx context.Context, h Handle) error
}

// What a Store says about a session. They are no failures of the store.
var (
	// ErrNotFound means that there is no session under the handle, or that it has expired.
	ErrNotFound = errors.New("sessionstore: no such session")
	// ErrConflict means that a value that a delta expects, or the secret that it renews, is another one by now.
	ErrConflict = errors.New("sessionstore: the session has changed")
	// ErrExists means that there is a session under the handle already.
	ErrExists = errors.New("sessionstore: the session exists")
	// ErrUnreadable means that there is something under the handle which is no record, or one of a later version.
	ErrUnreadable = errors.New("sessionstore: the session cannot be read")
	// ErrTooLarge means that the store cannot keep a record of that size.
	ErrTooLarge = errors.New("sessionstore: the session is too large")
)

// ErrUnavailable means that the store cannot be reached or cannot serve now; what was asked of it may have happened or
// not.
var ErrUnavailable = errors.New("sessionstore: the store is unavailable")

// An OwnerIndex is a [Store] that finds the sessions of a user. Where the owner stands in the same row or under the same
// lock as the record, Claim and Release have nothing to do. Where it stands apart, it must never hold too little: a
// session is claimed before it becomes a user's, and released after it has ended. One that has become
// somebody else's stays claimed, for it may come back at any moment. An entry too many does no harm.
type OwnerIndex interface {
	// Claim notes at a moment that a session is about to become owner's, until it can be forgotten. Of claims for the
	// same session the one that lasts longest counts.
	Claim(ctx context.Context, owner string, h Handle, at, until time.Time) error
	// Release forgets a claim. It is no error if there is none.
	Release(ctx context.Context, owner string, h Handle) error
	// Claims returns at least all sessions whose record has that Owner and has not been deleted, in any order.
	Claims(ctx context.Context, owner string) ([]Claim, error)
}

// A Claim says that a session belongs, or once belonged, to an owner.
type Claim struct {
	Handle Handle
	// At is when the session was claimed, or the zero time where claims are never stale.
	At time.Time
}

// OwnerMarks is an [OwnerIndex] that keeps a number for each owner, which only rises. A session remembers the number of
// when it became the owner's, and ends when that has risen: see [SessionInterface.CheckOwner].
type OwnerMarks interface {
	// Mark returns the number of an owner, 0 if it was never raised.
	Mark(ctx context.Context, owner string) (int64, error)
	// RaiseMark raises the number of an owner above all it ever had and returns it. It may be forgotten when until has
	// passed.
	RaiseMark(ctx context.Context, owner string, until time.Time) (int64, error)
}

// A Sweeper is a [Store] whose expired records stay until they are swept.
type Sweeper interface {
	// Sweep removes at most limit records that had expired at now and returns how many it removed. While another process
	// sweeps it may return 0.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)
}

// A Counter is a [Store] that knows how many records it has, expired ones perhaps included.
type Counter interface {
	// Count returns how many there are.
	Count(ctx context.Context) (int, error)
}

// An ExpiredCounter is a [Sweeper] that knows how much there is to sweep.
type ExpiredCounter interface {
	// CountExpired returns how many records had expired at now.
	CountExpired(ctx context.Context, now time.Time) (int, error)
}

// A Noder is a [Store] of several nodes that can fail apart from each other.
type Noder interface {
	// Node returns the name of the node that has a session, such as its address. It must not wait for anything.
	Node(h Handle) string
	// OwnerNode returns that of the node which has the claims and the mark of an owner, in the same way.
	OwnerNode(owner string) string
}
