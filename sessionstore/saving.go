package sessionstore

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/dewar-go/dewar"
)

// A saving is the end of one request's session.
type saving struct {
	i      *SessionInterface
	ctx    context.Context // with the deadline; not cancelled with the request
	c      *dewar.Context
	k      *keys
	s      *dewar.Session
	st     *state
	stored dewar.StoredSession
	now    time.Time
}

func (w *saving) save() error {
	asked := w.stored.ShouldSave()
	changed := w.s.Modified()
	switch {
	case w.st.superseded && changed:
		return w.refuse("superseded", "The session has been renewed by another request.")
	case w.st.superseded:
		return nil
	case w.stored.Destroyed():
		return w.destroy()
	case w.st.exists && (changed || w.touches()):
		return w.update(changed)
	case w.st.exists && w.st.cookie.stale:
		return w.sendCookie()
	case !w.st.exists && asked && changed && w.s.Len() > 0:
		return w.create()
	}
	return nil
}

// touches reports whether a session that was only read must be written to live on.
func (w *saving) touches() bool {
	r := &w.st.record
	return w.k.refresh && w.now.Sub(r.Seen) >= w.i.touchAfter(r.Idle) && r.Expires() != r.Until
}

// create keeps a session that the store has not, and sends its cookie.
func (w *saving) create() error {
	if err := w.keep(newCookie(newHandle())); err != nil {
		return err
	}
	return w.sendCookie()
}

// keep keeps a session that the store has not; the cookie says where, and what opens it.
func (w *saving) keep(cookie cookie) error {
	values, err := w.stored.Values()
	if err != nil {
		return internal(err)
	}
	d := Delta{Set: values}
	scatterFlashes(nil, &d, w.i.clock)
	if size(values) > cmp.Or(w.i.MaxSize, defaultMaxSize) {
		return w.i.tooLarge(values, ErrTooLarge)
	}
	w.st.cookie = cookie
	w.st.record = Record{Values: values, Secret: hashOf(cookie.secret), Created: w.now, Seen: w.now}
	r := &w.st.record
	r.Idle, r.Until = w.lifetime().Idle, w.lifetime().Until
	owned, err := w.claim(r)
	if err != nil {
		return failed(err)
	}
	if owned != nil {
		r.Owner, r.Mark = owned.Owner, owned.Mark
	}
	switch err := w.i.create(w.ctx, w.st.cookie.handle, *r); {
	case errors.Is(err, ErrTooLarge):
		return w.i.tooLarge(values, err)
	case err != nil:
		return failed(err)
	}
	w.st.exists = true
	return nil
}

// lifetime returns how long a session lives that begins now, or the one that was asked for.
func (w *saving) lifetime() Lifetime {
	if l := w.askedFor(); l != nil {
		return *l
	}
	l := Lifetime{Idle: max(w.k.idle.Truncate(time.Millisecond), time.Millisecond)}
	if w.k.absolute > 0 {
		l.Until = w.now.Add(w.k.absolute).Truncate(time.Millisecond)
	}
	return l
}

// askedFor returns the lifetime that SetLifetime has given the session in this request, or nil.
func (w *saving) askedFor() *Lifetime {
	own := w.st.lifetime.Load()
	if own == nil {
		return nil
	}
	l := &Lifetime{Idle: own.idle}
	if own.absolute > 0 {
		l.Until = w.now.Add(own.absolute).Truncate(time.Millisecond)
	}
	return l
}

// destroy ends the session in the store. What was set after Destroy begins another. A store that has found nothing is asked
// as well: a node that is being replaced may have removed the session without being heard, and the next one has it still.
func (w *saving) destroy() error {
	if w.st.exists || w.st.absent {
		if err := w.i.remove(w.ctx, w.st.cookie.handle); err != nil {
			return failed(err)
		}
		w.i.release(w.ctx, w.st.record.Owner, w.st.cookie.handle)
	}
	*w.st = state{}
	switch {
	case w.s.Len() > 0:
		return w.create()
	case dewar.SessionCookieValue(w.c) != "":
		return dewar.SetSessionCookie(w.c, w.s, "")
	}
	return nil
}

// update writes the changes of the request.
func (w *saving) update(changed bool) error {
	d, err := w.delta()
	if err != nil {
		return internal(err)
	}
	secret := w.st.cookie
	switch {
	case w.stored.Renewed():
		secret = newCookie(secret.handle)
		d.Renew = &Renewal{From: w.st.record.Secret, To: hashOf(secret.secret)}
	case w.st.pinned && changed:
		d.Renew = &Renewal{From: w.st.record.Secret, To: w.st.record.Secret}
	}
	if d.Owner, err = w.claim(&w.st.record); err != nil {
		return failed(err)
	}
	if w.exceeds(d) {
		return w.i.tooLarge(d.Set, ErrTooLarge)
	}
	switch err := w.apply(&d); {
	case errors.Is(err, ErrNotFound) && !changed:
		return nil // nothing is lost
	case errors.Is(err, ErrNotFound):
		return w.refuse("ended", "The session has ended.")
	case errors.Is(err, ErrConflict):
		return w.refuse("superseded", "The session has been renewed by another request.")
	case errors.Is(err, ErrTooLarge):
		return w.i.tooLarge(d.Set, err)
	case err != nil:
		return failed(err)
	}
	return w.updated(d, secret)
}

// exceeds reports whether the session is larger than MaxSize with d.
func (w *saving) exceeds(d Delta) bool {
	limit := cmp.Or(w.i.MaxSize, defaultMaxSize)
	return sizeOf(w.st.members)+size(d.Set) > limit && len(d.Set) > 0 && sizeOf(mergeMembers(slices.Clone(w.st.members), d)) > limit
}

// updated brings what is known of the session, and its cookie, up to date.
func (w *saving) updated(d Delta, secret cookie) error {
	w.st.record.alter(Delta{At: d.At, Lifetime: d.Lifetime, Owner: d.Owner})
	stale := w.st.cookie.stale
	w.st.cookie = secret
	if w.stored.Renewed() || stale || w.s.Permanent() || w.st.permanent {
		return w.sendCookie()
	}
	w.i.describe(w.s, w.st)
	return nil
}

// delta returns what the request has changed.
func (w *saving) delta() (Delta, error) {
	set := map[string]string{}
	changes, err := w.stored.ChangesTo(set)
	if err != nil {
		return Delta{}, err
	}
	d := Delta{At: w.now, Clear: changes.Cleared, Set: set, Delete: changes.Deleted, Lifetime: w.askedFor()}
	for key, raw := range changes.Computed {
		if d.Expect == nil {
			d.Expect = map[string]string{}
		}
		d.Expect[key] = string(raw)
	}
	scatterFlashes(w.st.flashes, &d, w.i.clock)
	return d, nil
}

// apply has the store apply d. While another request has been faster with a value that Session.Change computes, it is
// computed anew.
func (w *saving) apply(d *Delta) error {
	for try := 1; ; try++ {
		err := w.i.update(w.ctx, w.st.cookie.handle, *d)
		if !errors.Is(err, ErrConflict) {
			return err
		}
		r, err := w.i.load(w.ctx, w.st.cookie.handle)
		switch {
		case err != nil:
			return err
		case d.Renew != nil && r.Secret != d.Renew.From:
			return ErrConflict
		}
		if err := w.replay(d, r); err != nil {
			return err
		}
		w.yield(try)
	}
}

// yield waits a random moment after another request has been faster, longer each time, so that many come through.
func (w *saving) yield(try int) {
	if w.i.immediate() {
		return
	}
	timer := time.NewTimer(rand.N(time.Duration(min(try, 20)) * time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.ctx.Done():
	}
}

// replay computes the values that Session.Change has changed from those that the store has by now.
func (w *saving) replay(d *Delta, r Record) error {
	d.Delete = slices.DeleteFunc(slices.Clone(d.Delete), func(key string) bool { _, again := d.Expect[key]; return again })
	for _, key := range slices.Sorted(maps.Keys(d.Expect)) {
		current := r.Values[key]
		next, err := w.stored.Replay(key, []byte(current))
		if err != nil {
			return internal(err)
		}
		d.Expect[key] = current
		if delete(d.Set, key); len(next) > 0 {
			d.Set[key] = string(next)
		} else {
			d.Delete = append(d.Delete, key)
		}
	}
	return nil
}

// sendCookie sends the cookie of the session as it is now.
func (w *saving) sendCookie() error {
	w.stored.SetLifetime(w.st.record.Expires().Sub(w.now))
	w.i.describe(w.s, w.st)
	return dewar.SetSessionCookie(w.c, w.s, w.k.encode(w.st.cookie))
}

// refuse answers a request that cannot change its session any more. A cookie of a session that has ended is deleted.
func (w *saving) refuse(event, message string) error {
	w.i.tell(Event{Name: event, Node: w.i.nodeOf(w.st.cookie.handle)})
	if event == "ended" {
		if err := dewar.SetSessionCookie(w.c, w.s, ""); err != nil {
			return err
		}
	}
	return &dewar.HTTPError{Code: http.StatusConflict, Message: message}
}

func internal(err error) error {
	return &dewar.HTTPError{Code: http.StatusInternalServerError, Err: err}
}
