package dewartest_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/sessionstore"
)

// A plainInterface is a SessionInterface in few words: sessions in a map, by an id that is all the cookie holds. It makes
// the one mistake that its fault names.
type plainInterface struct {
	fault    string
	mu       sync.Mutex
	sessions map[string]plainSession
	asked    int
	ahead    time.Duration
	failing  bool
	last     string // id that was saved
}

type plainSession struct {
	data        []byte
	began, ends time.Time
}

var errFailing = errors.New("the database fails")

func (i *plainInterface) now() time.Time { return time.Now().Add(i.ahead) }

// makes reports whether it makes a mistake.
func (i *plainInterface) makes(fault string) bool { return i.fault == fault }

// idOf returns the id in a cookie.
func (i *plainInterface) idOf(cookie string) string {
	switch {
	case i.makes("the cookie holds a value"):
		cookie, _, _ = strings.Cut(cookie, ".")
	case i.makes("ids are compared without case"):
		cookie = strings.ToUpper(cookie)
	case i.makes("ids are cut"):
		cookie = cookie[:min(len(cookie), 20)]
	case i.makes("visitors are mixed up") && i.sessions[cookie].data != nil:
		cookie = i.last
	}
	return cookie
}

func (i *plainInterface) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s, cookie := dewar.NewSession(), dewar.SessionCookieValue(c)
	i.asked++
	switch {
	case i.failing && i.makes("a failing database is an empty one"):
		return s, nil
	case i.failing:
		return nil, errFailing
	case i.makes("a long id is an error") && len(cookie) > 1000:
		return nil, errFailing
	}
	id := i.idOf(cookie)
	r := i.sessions[id]
	if !i.now().Before(r.ends) && (r.data == nil || !i.makes("sessions never end")) {
		if i.makes("a visit creates a session") {
			i.sessions[rand.Text()] = plainSession{[]byte("{}"), i.now(), i.now().Add(time.Hour)}
		}
		return s, nil
	}
	if !i.makes("no ID is told") {
		dewar.Stored(s).SetID(id)
	}
	dewar.Stored(s).SetState(id)
	return s, dewar.Stored(s).UnmarshalBinary(r.data)
}

func (i *plainInterface) SaveSession(c *dewar.Context, s *dewar.Session) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	stored := dewar.Stored(s)
	id, _ := stored.State().(string)
	if !i.now().Before(i.sessions[id].ends) && !i.makes("sessions never end") {
		delete(i.sessions, id)
	}
	data, err := i.merged(s, i.sessions[id].data)
	switch {
	case i.makes("a client that leaves undoes it") && c.Err() != nil:
		return nil
	case i.failing && i.makes("a failed save is no error"):
		return nil
	case err != nil:
		return err
	case !stored.ShouldSave() || i.skips(s):
		return i.touch(c, s, id)
	case i.failing:
		return errFailing
	}
	began := i.sessions[id].began
	if id == "" || stored.Renewed() || stored.Destroyed() || string(data) == "{}" {
		if id, err = i.replace(c, s, id); began.IsZero() || stored.Destroyed() || i.makes("Renew begins anew") {
			began = i.now()
		}
	}
	if string(data) == "{}" || err != nil {
		return errors.Join(err, i.setCookie(c, s, ""))
	}
	before, existed := i.sessions[id]
	i.sessions[id] = plainSession{data, began, i.endOf(c, began)}
	if existed && i.makes("use does not count") {
		i.sessions[id] = plainSession{data, began, before.ends}
	}
	i.last = id
	return i.setCookie(c, s, id)
}

// merged returns what there is to save.
func (i *plainInterface) merged(s *dewar.Session, old []byte) ([]byte, error) {
	stored := dewar.Stored(s)
	switch {
	case i.makes("the last writer wins"):
		if _, err := stored.MergeInto(old); err != nil {
			return nil, err
		}
		return stored.MarshalBinary()
	case i.makes("a late save revives"), i.makes("a save after Renew revives") && !stored.Destroyed() && stored.Renewed() == false && s.Has("b"):
		return stored.MarshalBinary()
	case i.makes("several Renews win") && stored.Renewed():
		return stored.MarshalBinary()
	case i.makes("types are lost"):
		data, err := stored.MergeInto(old)
		var values map[string]any
		if err == nil && json.Unmarshal(data, &values) == nil {
			return json.Marshal(values)
		}
		return data, err
	case i.makes("Renew loses the values") && stored.Renewed():
		old = nil
		if _, err := stored.MergeInto(i.sessions[s.ID()].data); err != nil {
			return nil, err
		}
		changes, err := stored.Changes()
		values := dewar.NewSession()
		for key := range changes.Set {
			values.Set(key, s.Get(key))
		}
		data, _ := dewar.Stored(values).MarshalBinary()
		return data, err
	}
	return stored.MergeInto(old)
}

// skips reports whether a change is forgotten.
func (i *plainInterface) skips(s *dewar.Session) bool {
	changes, _ := dewar.Stored(s).Changes()
	alone := len(changes.Set) == 0 && !changes.Cleared && len(changes.Deleted) > 0
	return i.makes("Delete is forgotten") && alone || i.makes("flashes are shown again") && alone && changes.Deleted[0] == "_flashes"
}

// touch lets a session live on that was only read.
func (i *plainInterface) touch(c *dewar.Context, s *dewar.Session, id string) error {
	if r, ok := i.sessions[id]; ok && !i.makes("use does not count") && i.now().Before(r.ends) {
		r.ends = i.endOf(c, r.began)
		i.sessions[id] = r
	}
	if id != "" && i.makes("every answer sets the cookie") {
		return i.setCookie(c, s, id)
	}
	return nil
}

// endOf returns when a session ends that is used now.
func (i *plainInterface) endOf(c *dewar.Context, began time.Time) time.Time {
	end, absolute := i.now().Add(c.Config().Duration("PERMANENT_SESSION_LIFETIME")), c.Config().Duration("SESSION_ABSOLUTE_LIFETIME")
	if last := began.Add(absolute); absolute > 0 && last.Before(end) && !i.makes("no absolute end") {
		return last
	}
	return end
}

// replace ends the session with that id and returns another id.
func (i *plainInterface) replace(c *dewar.Context, s *dewar.Session, id string) (string, error) {
	stored := dewar.Stored(s)
	switch cookie := dewar.SessionCookieValue(c); {
	case id == "" && cookie != "" && i.makes("unknown ids are adopted"):
		return cookie, nil
	case id != "" && stored.Renewed() && i.makes("Renew keeps the id"):
		return id, nil
	case id != "" && stored.Destroyed() && i.makes("Destroy keeps the id"):
		return id, nil
	}
	keeps := stored.Renewed() && i.makes("Renew leaves the old cookie valid") || stored.Destroyed() && i.makes("Destroy leaves the session")
	if !keeps {
		delete(i.sessions, id)
	}
	id = rand.Text()
	if i.makes("ids are counted") {
		id = fmt.Sprint("session-", len(i.sessions))
	}
	stored.SetID(id)
	return id, nil
}

func (i *plainInterface) setCookie(c *dewar.Context, s *dewar.Session, id string) error {
	switch {
	case i.makes("the cookie has no settings"):
		http.SetCookie(c.Response, &http.Cookie{Name: "session", Value: id, Path: "/"})
		return nil
	case id == "" && i.makes("Destroy leaves the cookie"):
		return nil
	case id != "" && i.makes("the cookie holds a value") && s.Has("secret"):
		id += "." + s.String("secret")
	}
	return dewar.SetSessionCookie(c, s, id, func(cookie *http.Cookie) {
		if i.makes("a permanent cookie has no end") && id != "" {
			cookie.Expires = time.Time{}
		}
	})
}

// backend returns what the suite can know of it.
func (i *plainInterface) backend() dewartest.SessionBackend {
	i.sessions = map[string]plainSession{}
	locked := func(f func()) { i.mu.Lock(); defer i.mu.Unlock(); f() }
	return dewartest.SessionBackend{
		Open:     func(testing.TB) dewar.SessionInterface { return i },
		Sessions: func() (n int) { locked(func() { n = len(i.sessions) }); return n },
		Advance:  func(d time.Duration) { locked(func() { i.ahead += d }) },
		Fail:     func(failing bool) { locked(func() { i.failing = failing }) },
		Absolute: true, RenewMoves: true, KeysOnly: true,
	}
}

func TestSessionSuitePassesAPlainInterface(t *testing.T) {
	t.Parallel()
	dewartest.TestSessionInterface(t, (&plainInterface{}).backend())
}

// TestSessionSuiteFindsFaults has the plain interface make one mistake after the other.
func TestSessionSuiteFindsFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ fault, check string }{
		{"ids are counted", "the cookie names a session and is no session"},
		{"the cookie holds a value", "the cookie names a session and is no session"},
		{"the cookie has no settings", "cookies are as configured"},
		{"every answer sets the cookie", "caches are told"},
		{"unknown ids are adopted", "unknown ids are never adopted"},
		{"unknown ids are adopted", "hostile ids"},
		{"a long id is an error", "hostile ids"},
		{"ids are compared without case", "every character of a cookie counts"},
		{"ids are cut", "every character of a cookie counts"},
		{"Renew keeps the id", "a login renews the cookie"},
		{"Renew leaves the old cookie valid", "a login renews the cookie"},
		{"Renew loses the values", "a login renews the cookie"},
		{"visitors are mixed up", "visitors are not mixed up"},
		{"a visit creates a session", "visitors who set nothing create nothing"},
		{"types are lost", "values come back"},
		{"Delete is forgotten", "changes are kept"},
		{"no ID is told", "changes are kept"},
		{"flashes are shown again", "flashes are shown once"},
		{"a permanent cookie has no end", "permanent sessions"},
		{"a failing database is an empty one", "a failing backend loses nobody"},
		{"a failed save is no error", "a failing backend loses nobody"},
		{"Destroy leaves the session", "Destroy is final"},
		{"Destroy leaves the cookie", "Destroy is final"},
		{"Destroy keeps the id", "Destroy is final"},
		{"a late save revives", "a late save revives nothing"},
		{"a client that leaves undoes it", "a client that leaves undoes nothing"},
		{"sessions never end", "sessions end when they are not used"},
		{"use does not count", "sessions end when they are not used"},
		{"no absolute end", "sessions end at the latest"},
		{"Renew begins anew", "sessions end at the latest"},
		{"the last writer wins", "64 requests lose nothing"},
		{"the last writer wins", "Delete against Set"},
		{"the last writer wins", "Clear against Set"},
		{"a save after Renew revives", "Renew against Set"},
		{"several Renews win", "one Renew wins"},
		{"a late save revives", "Destroy against everything"},
	} {
		t.Run(tt.fault+", by "+tt.check, func(t *testing.T) {
			t.Parallel()
			wantFound(t, tt.check, (&plainInterface{fault: tt.fault}).backend())
		})
	}
}

// wantFound checks that a check fails for a backend, and tells the rule.
func wantFound(t *testing.T, check string, backend dewartest.SessionBackend) {
	t.Helper()
	got := run(func(t *fakeT) { dewartest.CheckSessionInterface(t, check, backend) })
	switch {
	case len(got.failures) == 0:
		t.Errorf("check %q does not find it", check)
	case !strings.Contains(got.failures[0], "The rule: "):
		t.Errorf("got failure %q, want one with the rule that is broken", got.failures[0])
	}
}

func TestSessionSuiteFindsMadeUpCookiesInTheDatabase(t *testing.T) {
	t.Parallel()
	for _, check := range []string{"hostile ids", "every character of a cookie counts"} {
		plain := &plainInterface{}
		backend := plain.backend()
		backend.Asked = func() int { plain.mu.Lock(); defer plain.mu.Unlock(); return plain.asked }
		wantFound(t, check, backend)
	}
}

// TestSessionSuiteFindsFaultsOfStores has a sessionstore.SessionInterface on stores that make a mistake.
func TestSessionSuiteFindsFaultsOfStores(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, check string
		seed        func(m *model)
	}{
		{"Expect is ignored", "Session.Change counts exactly", altered(func(d *sessionstore.Delta) { d.Expect = nil })},
		{"deltas are lost", "parallel flashes", func(m *model) {
			m.update = m.torn(func(h sessionstore.Handle, _, r sessionstore.Record) { m.records[h] = r })
		}},
		{"Renew is no compare-and-set", "one Renew wins", func(m *model) { m.update = m.withoutCompare }},
		{"Delete is ignored", "Destroy is final", func(m *model) { m.delete = func(sessionstore.Handle) error { return nil } }},
		{"Update creates", "a late save revives nothing", func(m *model) {
			m.update = func(h sessionstore.Handle, d sessionstore.Delta) error {
				defer m.lock()()
				r, ok := m.records[h]
				if !ok {
					r = sessionstore.Record{Seen: d.At, Idle: time.Hour}
				}
				err := r.Apply(d)
				m.records[h] = r
				return err
			}
		}},
		{"a damaged value spoils the record", "a damaged value is lost alone", func(m *model) {
			m.load = func(h sessionstore.Handle) (sessionstore.Record, error) {
				defer m.lock()()
				r, ok := m.records[h]
				if !ok {
					return r, sessionstore.ErrNotFound
				}
				for value := range maps.Values(r.Values) {
					if !json.Valid([]byte(value)) {
						return r, sessionstore.ErrUnreadable
					}
				}
				return r.Clone(), nil
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantFound(t, tt.check, newBackend(func(i *sessionstore.SessionInterface) { tt.seed(i.Store.(*counted).model) }))
		})
	}
}
