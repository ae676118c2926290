package sessionstore

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"
)

// A Record is a session as a [Store] keeps it. Its times are whole milliseconds. It prints without values and secrets.
type Record struct {
	// Values are the values by key, in Flask's tagged JSON; none is empty.
	Values map[string]string
	// Secret is the hash of the secret that opens the session.
	Secret Hash
	// Previous is the hash of the secret before the last Renew, and Renewed when that was. They are zero before the first.
	Previous Hash
	Renewed  time.Time
	// Created is when the session began, Seen when it was last written.
	Created, Seen time.Time
	// Idle is how long after Seen the session ends, at least a millisecond.
	Idle time.Duration
	// Until is when it ends at the latest, or the zero time.
	Until time.Time
	// Owner is whose session it is, or "".
	Owner string
	// Mark is the owner's mark of when it became his; see [OwnerMarks].
	Mark int64
}

// Expires returns when the session ends if it is not used again: Idle after Seen, or at Until if that is earlier.
func (r Record) Expires() time.Time {
	end := r.Seen.Add(r.Idle)
	if !r.Until.IsZero() && r.Until.Before(end) {
		return r.Until
	}
	return end
}

// Expired reports whether the session has ended by now.
func (r Record) Expired(now time.Time) bool { return !now.Before(r.Expires()) }

// Clone returns a copy that shares nothing that can be changed.
func (r Record) Clone() Record {
	r.Values = maps.Clone(r.Values)
	return r
}

// Size returns about how many bytes the record holds: its keys, values and owner.
func (r Record) Size() int {
	n := len(r.Owner)
	for key, value := range r.Values {
		n += len(key) + len(value)
	}
	return n
}

// String names what the record is, without values.
func (r Record) String() string {
	return fmt.Sprintf("Record(%d values, owner %q, expires %s)", len(r.Values), r.Owner, r.Expires().Format(time.RFC3339))
}

// Format prints what String returns, for every verb.
func (r Record) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, r.String()) }

// LogValue returns what String returns.
func (r Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// A Delta is what one request does to a session. What it does not name stays as other requests leave it. It prints without
// values and secrets.
type Delta struct {
	// At is now; it becomes Seen.
	At time.Time
	// Clear removes all values first.
	Clear bool
	// Set holds new values by key, encoded; none is empty.
	Set map[string]string
	// Delete holds keys to remove. None of them is in Set.
	Delete []string
	// Expect holds values that must still be as they are here, "" for none: otherwise the delta is ErrConflict.
	Expect map[string]string
	// Renew, if not nil, changes the secret.
	Renew *Renewal
	// Lifetime, if not nil, changes how long the session lives.
	Lifetime *Lifetime
	// Owner, if not nil, changes whose session it is.
	Owner *Ownership
}

// A Renewal changes the secret of a session.
type Renewal struct {
	// From must be the hash of the secret that opens the session now: otherwise the delta is ErrConflict.
	From Hash
	// To is the hash of the one that opens it from now on.
	To Hash
}

// A Lifetime says how long a session lives; see [Record].
type Lifetime struct {
	Idle  time.Duration
	Until time.Time
}

// An Ownership says whose session it is; see [Record].
type Ownership struct {
	Owner string
	Mark  int64
}

// Apply does d to r. It returns ErrNotFound if r had expired at d.At, and ErrConflict if r is not as d expects; then r is
// as it was.
func (r *Record) Apply(d Delta) error {
	if err := r.admits(d); err != nil {
		return err
	}
	for key, want := range d.Expect {
		if r.Values[key] != want {
			return ErrConflict
		}
	}
	r.Values = r.merged(d)
	r.alter(d)
	return nil
}

// alter does what d does besides the values.
func (r *Record) alter(d Delta) {
	r.Seen = d.At
	if d.Renew != nil {
		r.Previous, r.Secret, r.Renewed = r.Secret, d.Renew.To, d.At
	}
	if d.Lifetime != nil {
		r.Idle, r.Until = d.Lifetime.Idle, d.Lifetime.Until
	}
	if d.Owner != nil {
		r.Owner, r.Mark = d.Owner.Owner, d.Owner.Mark
	}
}

// admits reports why d cannot be done, whatever the values are.
func (r *Record) admits(d Delta) error {
	if r.Expired(d.At) {
		return ErrNotFound
	}
	if d.Renew != nil && r.Secret != d.Renew.From {
		return ErrConflict
	}
	return nil
}

// merged returns the values after d. The map that others may know of r stays as it is.
func (r *Record) merged(d Delta) map[string]string {
	if !d.Clear && len(d.Set) == 0 && len(d.Delete) == 0 {
		return r.Values
	}
	values := make(map[string]string, len(r.Values)+len(d.Set))
	if !d.Clear {
		maps.Copy(values, r.Values)
	}
	for _, key := range d.Delete {
		delete(values, key)
	}
	maps.Copy(values, d.Set)
	return values
}

// String names what the delta changes, without values.
func (d Delta) String() string {
	return fmt.Sprintf("Delta(clear %t, set %q, delete %q, expect %q, renew %t)",
		d.Clear, slices.Sorted(maps.Keys(d.Set)), d.Delete, slices.Sorted(maps.Keys(d.Expect)), d.Renew != nil)
}

// Format prints what String returns, for every verb.
func (d Delta) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, d.String()) }

// LogValue returns what String returns.
func (d Delta) LogValue() slog.Value { return slog.StringValue(d.String()) }
