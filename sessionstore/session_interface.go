package sessionstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar"
)

// SessionInterface keeps sessions in a [Store]. Assign a pointer to it to App.SessionInterface. Its methods may be called by
// several goroutines; its fields must not be changed once the App serves.
//
// It needs a SECRET_KEY, which signs the cookie; SECRET_KEY_FALLBACKS are accepted too. Sessions end
// PERMANENT_SESSION_LIFETIME after they were used last, and SESSION_ABSOLUTE_LIFETIME after they began if that is set,
// whatever the cookie says; [SetLifetime] gives one another lifetime. A setting that is changed counts for sessions that begin
// after that.
//
// A visitor without a session costs nothing until something is set. Opening a session is one call of the store, saving a
// change is another; one that was only read is written when TouchAfter has passed.
type SessionInterface struct {
	// Store keeps the sessions. It must be set.
	Store Store
	// Owner returns whose session s is, such as the text of its user id, and "" for nobody's. With it the sessions of a
	// user can be listed and ended. It is called when a session is saved with a change, must read from s alone, and needs a Store
	// that is an [OwnerIndex].
	Owner func(s *dewar.Session) string
	// CheckOwner compares the owner's mark at each opening of a session that has an owner: one more call of the store. [SessionInterface.EndAll]
	// then ends also sessions that the index has lost in a failover, and a login that is being saved at that moment. It needs a Store that is
	// an [OwnerMarks].
	CheckOwner bool
	// Deadline is how long a request may wait for the store, to open its session and to save it; for saving a fifth of it is
	// left in any case. The default is a second.
	Deadline time.Duration
	// TouchAfter is how much time must have passed since a session was written before one that is only read is written to
	// make it live on; a session may end that much earlier. The default is a tenth of its lifetime, at most five minutes; more
	// than half of it counts as half. Without
	// SESSION_REFRESH_EACH_REQUEST only changes are written.
	TouchAfter time.Duration
	// MaxSize is how many bytes the keys and values of a session may have, encoded: saving more is an error that names the
	// largest. The default is 1 MiB.
	MaxSize int
	// MaxWaiting is how many calls of one node may wait at once; more are refused with a 503. The default is 1,000. A Memory is
	// not waited for.
	MaxWaiting int
	// Observe, if set, is told of everything that metrics count. It must return soon and may be called by several
	// goroutines.
	Observe func(Event)
	// Clock, if set, is asked for the time in place of time.Now, in tests.
	Clock func() time.Time

	keys  atomic.Pointer[keys]
	guard guard
}

var (
	_ dewar.SessionInterface     = (*SessionInterface)(nil)
	_ dewar.SessionConfigChecker = (*SessionInterface)(nil)
)

const (
	defaultDeadline   = time.Second
	defaultMaxSize    = 1 << 20
	defaultMaxWaiting = 1000
	// grace is how long after a Renew requests with the old secret count as late rather than as strangers.
	grace = 10 * time.Second
)

// CheckConfig says which fields are missing or do not go together, and asks the Store the same if it is a
// [dewar.SessionConfigChecker]. [dewar.App.Build] calls it.
func (i *SessionInterface) CheckConfig(config *dewar.Values) error {
	var problems []error
	if i.Store == nil {
		return errors.New("sessionstore: SessionInterface has no Store; set it, for example to sessionstore.NewMemory()")
	}
	if _, ok := i.Store.(OwnerIndex); i.Owner != nil && !ok {
		problems = append(problems, fmt.Errorf("sessionstore: SessionInterface.Owner is set, but a %T is no sessionstore.OwnerIndex; unset it, or use a store that finds sessions by their owner", i.Store))
	}
	if _, ok := i.Store.(OwnerMarks); i.CheckOwner && !ok {
		problems = append(problems, fmt.Errorf("sessionstore: SessionInterface.CheckOwner is set, but a %T is no sessionstore.OwnerMarks; unset it, or use a store that keeps marks", i.Store))
	}
	if i.CheckOwner && i.Owner == nil {
		problems = append(problems, errors.New("sessionstore: SessionInterface.CheckOwner needs Owner; set that too"))
	}
	if idle := config.Duration("PERMANENT_SESSION_LIFETIME"); i.CheckOwner && idle > longest {
		problems = append(problems, fmt.Errorf("sessionstore: SessionInterface.CheckOwner remembers for 400 days that all sessions of a user have ended, but PERMANENT_SESSION_LIFETIME is %s; lower it to 400 days", idle))
	}
	if checker, ok := i.Store.(dewar.SessionConfigChecker); ok {
		problems = append(problems, checker.CheckConfig(config))
	}
	_, err := deriveKeys(config)
	return errors.Join(append(problems, err)...)
}

// A state is what a SessionInterface knows of a session that it has opened.
type state struct {
	cookie     cookie
	exists     bool // in the store
	absent     bool // the store has found nothing under the handle
	superseded bool // the cookie has the secret of before a Renew
	permanent  bool
	pinned     bool     // a change must find the secret as it was loaded
	record     Record   // as it was loaded, without its values
	members    []member // those
	flashes    []flash
	spent      time.Duration               // on opening it
	lifetime   atomic.Pointer[ownLifetime] // given by SetLifetime
}

// OpenSession reads the session that the request's cookie names. It returns nil without a SECRET_KEY. A cookie that is not
// valid, or whose session has ended, is no session; a store that fails is an error.
func (i *SessionInterface) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	k, err := i.keysFor(c)
	if err != nil || len(k.signers) == 0 {
		return nil, err
	}
	s, st := dewar.NewSession(), &state{}
	dewar.Stored(s).SetState(st)
	var ok bool
	if st.cookie, ok = k.decode(dewar.SessionCookieValue(c)); !ok {
		return s, nil
	}
	ctx, cancel := i.within(c)
	defer cancel()
	if !i.immediate() {
		begin := time.Now()
		defer func() { st.spent = time.Since(begin) }()
	}
	return i.enter(ctx, c, s, st)
}

// enter fills s, which is new, with the session that the cookie in st opens. It stays new if there is none.
func (i *SessionInterface) enter(ctx context.Context, c *dewar.Context, s *dewar.Session, st *state) (*dewar.Session, error) {
	var err error
	st.record, st.members, err = i.loadApart(ctx, st.cookie.handle)
	now := i.now()
	if st.absent = errors.Is(err, ErrNotFound); err == nil {
		err = i.admit(ctx, st, now)
	}
	switch {
	case errors.Is(err, ErrNotFound):
		return s, nil
	case errors.Is(err, ErrUnreadable):
		c.Logger().Error("session cannot be read; it is kept as it is, and the visitor gets a new one", "session", st.cookie.handle.String(), "err", err)
		i.tell(Event{Name: "unreadable", Node: i.nodeOf(st.cookie.handle), Err: err})
		return s, nil
	case err != nil:
		return nil, failed(err)
	case st.exists:
		i.restore(c, s, st)
	}
	return s, nil
}

// admit looks whether the cookie opens the record, and returns ErrNotFound if not.
func (i *SessionInterface) admit(ctx context.Context, st *state, now time.Time) error {
	hash := hashOf(st.cookie.secret)
	r := &st.record
	switch {
	case r.Expired(now):
		return ErrNotFound
	case r.Secret.Equal(hash):
		st.exists = true
	case r.Previous.Equal(hash) && now.Before(r.Renewed.Add(grace)):
		st.superseded = true
		return nil
	default:
		return ErrNotFound
	}
	if !i.CheckOwner || r.Owner == "" {
		return nil
	}
	mark, err := i.mark(ctx, r.Owner)
	if err == nil && r.Mark < mark {
		err = ErrNotFound
	}
	st.exists = err == nil
	return err
}

// restore fills s with what is in the store.
func (i *SessionInterface) restore(c *dewar.Context, s *dewar.Session, st *state) {
	members, flashes := gatherFlashes(st.members)
	st.flashes = flashes
	if lost := restore(s, members); len(lost) > 0 {
		c.Logger().Error("session values cannot be read and are left out; Set or Delete them to be rid of them", "session", st.cookie.handle.String(), "keys", lost)
		i.tell(Event{Name: "unreadable", Node: i.nodeOf(st.cookie.handle), Count: len(lost)})
	}
	st.permanent = s.Permanent()
	i.describe(s, st)
}

// describe tells s its id and when it ends.
func (i *SessionInterface) describe(s *dewar.Session, st *state) {
	stored := dewar.Stored(s)
	if s.ID() != st.cookie.id {
		stored.SetID(st.cookie.id)
	}
	stored.SetExpires(st.record.Expires())
}

// SaveSession writes what the request has changed, and sets the cookie where that must change. A session that has ended
// meanwhile is a 409, a store that fails a 503, and nothing is written then that the request did not ask for.
func (i *SessionInterface) SaveSession(c *dewar.Context, s *dewar.Session) error {
	k, err := i.keysFor(c)
	if err != nil {
		return err
	}
	st, ok := dewar.Stored(s).State().(*state)
	if !ok {
		st = &state{}
	}
	ctx, cancel := i.withinRest(c, st.spent)
	defer cancel()
	w := &saving{i: i, ctx: ctx, c: c, k: k, s: s, st: st, stored: dewar.Stored(s), now: i.now()}
	return w.save()
}

// keysFor returns what c's configuration says, worked out once for each state of it.
func (i *SessionInterface) keysFor(c *dewar.Context) (*keys, error) {
	config := c.Config()
	if k := i.keys.Load(); k != nil && k.config == config {
		return k, nil
	}
	k, err := deriveKeys(config)
	if err != nil {
		return nil, err
	}
	i.keys.Store(k)
	return k, nil
}

// clock returns the time.
func (i *SessionInterface) clock() time.Time {
	if i.Clock != nil {
		return i.Clock().UTC()
	}
	return time.Now().UTC()
}

// now returns the time in whole milliseconds.
func (i *SessionInterface) now() time.Time { return i.clock().Truncate(time.Millisecond) }

// touchAfter returns when a session that lives for idle is written though nothing has changed.
func (i *SessionInterface) touchAfter(idle time.Duration) time.Duration {
	return min(cmp.Or(i.TouchAfter, min(idle/10, 5*time.Minute)), idle/2)
}

// failed returns the answer to a request whose session could not be opened or saved.
func failed(err error) error {
	return &dewar.HTTPError{Code: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"1"}}, Err: err}
}

// size returns how many bytes keys and values have.
func size(values map[string]string) (n int) {
	for key, value := range values {
		n += len(key) + len(value)
	}
	return n
}

// tooLarge returns the error for values that are too many, which names the largest.
func (i *SessionInterface) tooLarge(values map[string]string, cause error) error {
	keys := slices.SortedFunc(maps.Keys(values), func(a, b string) int { return cmp.Compare(len(values[b]), len(values[a])) })
	var largest []string
	for _, key := range keys[:min(3, len(keys))] {
		largest = append(largest, fmt.Sprintf("%q with %d bytes", key, len(values[key])))
	}
	return &dewar.HTTPError{Code: http.StatusInternalServerError, Err: fmt.Errorf(
		"sessionstore: the session would be too large, MaxSize is %d bytes; keep less in it, or raise MaxSize (largest of what was set: %s): %w",
		cmp.Or(i.MaxSize, defaultMaxSize), largest, cause)}
}
