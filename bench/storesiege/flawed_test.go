package storesiege

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// A flaw is what a bad store does in an Update in place of Record.Apply.
type flaw func(before sessionstore.Record, d sessionstore.Delta) (after sessionstore.Record, err error)

// The flaws that the races must find, by name. "sound" is none.
var flaws = map[string]flaw{
	"sound": apply,
	// The record is written as the request saw it, with what it has set: what others have written meanwhile is lost now
	// and then.
	"forgetful": func(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) {
		if len(d.Set) > 0 && len(r.Values) > 3 {
			r = r.Clone()
			for key := range r.Values {
				if _, set := d.Set[key]; !set && key != uidKey && key != adminKey {
					delete(r.Values, key)
					break
				}
			}
		}
		return apply(r, d)
	},
	// The secret of before a Renew goes on opening the session.
	"two secrets": func(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) {
		d.Renew = nil
		return apply(r, d)
	},
	// Of two Renews both win.
	"any renewal": func(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) {
		if d.Renew != nil {
			d.Renew = &sessionstore.Renewal{From: r.Secret, To: d.Renew.To}
		}
		return apply(r, d)
	},
	// A value is set whatever it was, so that counts are lost.
	"no comparison": func(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) {
		d.Expect = nil
		return apply(r, d)
	},
	"clear ignored": func(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) {
		d.Clear = false
		return apply(r, d)
	},
	"delete ignored": func(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) {
		d.Delete = nil
		return apply(r, d)
	},
	// A session that was ended comes back with what is saved into it.
	"resurrecting":         apply,
	"acknowledged in vain": func(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) { return r, nil },
}

func apply(r sessionstore.Record, d sessionstore.Delta) (sessionstore.Record, error) {
	err := r.Apply(d)
	return r, err
}

// The flaws of a Load that only visitors find, by name: each of them shows now and then.
var loadFlaws = map[string]func(s *flawedStore, r sessionstore.Record) (sessionstore.Record, error){
	// It finds nothing when it is too busy to look.
	"absent-minded": func(_ *flawedStore, r sessionstore.Record) (sessionstore.Record, error) {
		return r, sessionstore.ErrNotFound
	},
	// It gives out the values of another session.
	"confused": func(s *flawedStore, r sessionstore.Record) (sessionstore.Record, error) {
		for _, other := range s.records {
			if other.Owner != r.Owner {
				r.Values = other.Values
			}
		}
		return r, nil
	},
	// It takes its time, whatever the context says.
	"deaf": func(_ *flawedStore, r sessionstore.Record) (sessionstore.Record, error) {
		time.Sleep(2 * deadline)
		return r, nil
	},
	// Its one error has values in it.
	"talkative": func(s *flawedStore, r sessionstore.Record) (sessionstore.Record, error) {
		if len(r.Values) < 4 || s.talked.Swap(true) { // uid, admin, and two of the visitor's own
			return r, nil
		}
		return r, fmt.Errorf("cannot serve %s", r.Values)
	},
}

// A flawedStore keeps records in a map, and is as good as its flaw lets it be. It exists to see that the oracles find that.
type flawedStore struct {
	update     flaw
	load       func(s *flawedStore, r sessionstore.Record) (sessionstore.Record, error) // nil for none
	resurrects bool                                                                     // an Update brings a record back that was deleted

	loads   atomic.Int64
	talked  atomic.Bool
	mu      sync.Mutex
	records map[sessionstore.Handle]sessionstore.Record
	deleted map[sessionstore.Handle]sessionstore.Record
}

func newFlawedStore(flaw string) *flawedStore {
	update := flaws[flaw]
	if update == nil {
		update = apply
	}
	return &flawedStore{
		update: update, load: loadFlaws[flaw], resurrects: flaw == "resurrecting",
		records: map[sessionstore.Handle]sessionstore.Record{}, deleted: map[sessionstore.Handle]sessionstore.Record{},
	}
}

func (s *flawedStore) Load(_ context.Context, h sessionstore.Handle) (sessionstore.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[h]
	if !ok {
		return r, sessionstore.ErrNotFound
	}
	if s.load != nil && s.loads.Add(1)%25 == 0 {
		return s.load(s, r.Clone())
	}
	return r.Clone(), nil
}

func (s *flawedStore) Create(_ context.Context, h sessionstore.Handle, r sessionstore.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, ok := s.records[h]; ok && !before.Expired(r.Created) {
		return sessionstore.ErrExists
	}
	s.records[h] = r.Clone()
	return nil
}

func (s *flawedStore) Update(_ context.Context, h sessionstore.Handle, d sessionstore.Delta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[h]
	if !ok && s.resurrects {
		r, ok = s.deleted[h]
	}
	if !ok {
		return sessionstore.ErrNotFound
	}
	r, err := s.update(r, d)
	if err == nil {
		s.records[h] = r
	}
	return err
}

func (s *flawedStore) Delete(_ context.Context, h sessionstore.Handle) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.records[h]; ok {
		s.deleted[h] = r
		delete(s.records, h)
	}
	return nil
}

func (s *flawedStore) Claim(context.Context, string, sessionstore.Handle, time.Time, time.Time) error {
	return nil
}

func (s *flawedStore) Release(context.Context, string, sessionstore.Handle) error { return nil }

func (s *flawedStore) Claims(_ context.Context, owner string) (claims []sessionstore.Claim, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for h, r := range maps.All(s.records) {
		if r.Owner == owner {
			claims = append(claims, sessionstore.Claim{Handle: h})
		}
	}
	return claims, nil
}
