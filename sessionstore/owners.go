package sessionstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dewar-go/dewar"
)

var errNoIndex = errors.New("sessionstore: the Store is no OwnerIndex, so the sessions of a user cannot be found; use one that is, such as sessionstore.Memory, redisstore or sqlstore")

// unsettled is how long after a claim its session may not be the owner's yet: until then the claim is not taken for stale.
const unsettled = time.Minute

// An Owned is one of the sessions of a user.
type Owned struct {
	// ID is what Session.ID returned.
	ID string
	// Created is when the session began, Seen when it was last written, Expires when it ends if it is not used again.
	Created, Seen, Expires time.Time
	// Session has the values, such as the device that the application has put there. What is changed in it goes nowhere.
	Session *dewar.Session
}

// Sessions returns the sessions of a user, the one that was seen last first. Claims of sessions that have
// ended are dropped.
func (i *SessionInterface) Sessions(ctx context.Context, owner string) ([]Owned, error) {
	var found []Owned
	err := i.each(ctx, owner, func(h Handle, r Record) error {
		s := dewar.NewSession()
		members, _ := gatherFlashes(membersOf(r.Values, nil))
		restore(s, members)
		dewar.Stored(s).SetID(h.String())
		found = append(found, Owned{h.String(), r.Created, r.Seen, r.Expires(), s})
		return nil
	})
	slices.SortFunc(found, func(a, b Owned) int { return b.Seen.Compare(a.Seen) })
	return found, err
}

// End ends one session of a user, and reports whether there was one.
func (i *SessionInterface) End(ctx context.Context, owner, id string) (bool, error) {
	ended := false
	err := i.each(ctx, owner, func(h Handle, _ Record) error {
		if h.String() != id {
			return nil
		}
		ended = true
		return i.end(ctx, owner, h)
	})
	return ended, err
}

// EndOthers ends all sessions of a user but one, such as that of this request: EndOthers(c, owner, c.Session().ID()). It
// returns how many it has ended.
func (i *SessionInterface) EndOthers(ctx context.Context, owner, keep string) (int, error) {
	return i.endAll(ctx, owner, keep)
}

// EndAll ends all sessions of a user and returns how many it has ended. A login that is under way ends too or comes after
// it. The latter may have checked the password before EndAll and be saved after it: keep a number of the password in the
// session, and compare it where the user is loaded.
func (i *SessionInterface) EndAll(ctx context.Context, owner string) (int, error) {
	if i.CheckOwner {
		ctx, cancel := i.within(context.WithoutCancel(ctx))
		defer cancel()
		if err := i.raiseMark(ctx, owner, i.now().Add(longest+unsettled)); err != nil {
			return 0, err
		}
	}
	return i.endAll(ctx, owner, "")
}

func (i *SessionInterface) endAll(ctx context.Context, owner, keep string) (n int, err error) {
	err = i.each(context.WithoutCancel(ctx), owner, func(h Handle, _ Record) error {
		if h.String() == keep {
			return nil
		}
		n++
		return i.end(ctx, owner, h)
	})
	return n, err
}

func (i *SessionInterface) end(ctx context.Context, owner string, h Handle) error {
	ctx, cancel := i.within(context.WithoutCancel(ctx))
	defer cancel()
	if err := i.remove(ctx, h); err != nil {
		return err
	}
	i.release(ctx, owner, h)
	return nil
}

// each calls f for every session of owner, and goes on after a failure.
func (i *SessionInterface) each(ctx context.Context, owner string, f func(h Handle, r Record) error) error {
	inner, cancel := i.within(ctx)
	claims, err := i.claims(inner, owner)
	cancel()
	if err != nil {
		return fmt.Errorf("sessionstore: find the sessions of a user: %w", err)
	}
	var problems []error
	for _, claim := range claims {
		if err := i.visit(ctx, owner, claim, f); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// visit calls f for a session if it is owner's. A claim whose session has ended is dropped.
func (i *SessionInterface) visit(ctx context.Context, owner string, claim Claim, f func(h Handle, r Record) error) error {
	ctx, cancel := i.within(ctx)
	defer cancel()
	r, err := i.load(ctx, claim.Handle)
	now := i.now()
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	case err == nil && !r.Expired(now) && r.Owner == owner:
		return f(claim.Handle, r)
	case (err != nil || r.Expired(now)) && now.Sub(claim.At) > unsettled: // one that has ended never comes back; one that is somebody else's may
		i.release(ctx, owner, claim.Handle)
	}
	return nil
}

// claim finds out whose the session is that is saved, and claims it for him before it is written, so that the index never
// holds too little. It returns nil if it stays whose it is.
func (w *saving) claim(r *Record) (*Ownership, error) {
	i := w.i
	if i.Owner == nil {
		return nil, nil
	}
	owner := r.Owner
	if w.s.Modified() {
		owner = i.Owner(w.s)
	}
	fresh := owner != r.Owner
	if owner != "" && (fresh || w.claimIsOld(r)) {
		idle := r.Idle
		if l := w.askedFor(); l != nil {
			idle = l.Idle
		}
		if err := i.claimFor(w.ctx, owner, w.st.cookie.handle, w.now, w.now.Add(idle).Add(2*renewClaim(idle))); err != nil {
			return nil, err
		}
	}
	if !fresh {
		return nil, nil
	}
	owned := &Ownership{Owner: owner}
	if owner == "" || !i.CheckOwner {
		return owned, nil
	}
	var err error
	owned.Mark, err = i.mark(w.ctx, owner)
	return owned, err
}

// claimIsOld reports whether a part of the lifetime has begun in which the session has not been claimed. Every claim holds for two
// parts longer than the session would live.
func (w *saving) claimIsOld(r *Record) bool {
	part := renewClaim(r.Idle)
	return w.askedFor() != nil || w.now.Truncate(part) != r.Seen.Truncate(part)
}

// renewClaim returns how long the parts of a lifetime are in which a session is claimed once.
func renewClaim(idle time.Duration) time.Duration { return max(idle/8, time.Second) }
