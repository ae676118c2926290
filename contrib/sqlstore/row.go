package sqlstore

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// columns are those of a record, in the order of row.destinations and insertion.
const columns = "data, secret, previous, renewed, created, seen, idle, until, owner, mark"

// A row is a record as the database has it.
type row struct {
	data             []byte
	secret, previous []byte
	renewed, until   sql.NullInt64
	created, seen    int64
	idle, mark       int64
	owner            string
}

func (r *row) destinations() []any {
	return []any{&r.data, &r.secret, &r.previous, &r.renewed, &r.created, &r.seen, &r.idle, &r.until, &r.owner, &r.mark}
}

// record returns the record, or ErrUnreadable.
func (r *row) record() (sessionstore.Record, error) {
	values, err := readObject(r.data)
	if err != nil {
		return sessionstore.Record{}, fmt.Errorf("%w: its column data is no JSON object of strings", sessionstore.ErrUnreadable)
	}
	record := sessionstore.Record{
		Values: values, Renewed: timeOf(r.renewed), Created: time.UnixMilli(r.created).UTC(), Seen: time.UnixMilli(r.seen).UTC(),
		Idle: time.Duration(r.idle) * time.Millisecond, Until: timeOf(r.until), Owner: unescape(r.owner), Mark: r.mark,
	}
	if len(r.secret) != len(record.Secret) || len(r.previous) != 0 && len(r.previous) != len(record.Previous) {
		return sessionstore.Record{}, fmt.Errorf("%w: its column secret or previous is no SHA-256", sessionstore.ErrUnreadable)
	}
	copy(record.Secret[:], r.secret)
	copy(record.Previous[:], r.previous)
	return record, nil
}

// insertion returns what a new row has: handle, expires, and columns.
func (d Dialect) insertion(h sessionstore.Handle, r sessionstore.Record) []any {
	var previous any
	if r.Previous != (sessionstore.Hash{}) {
		previous = r.Previous[:]
	}
	return []any{
		h.String(), r.Expires().UnixMilli(), d.whole(r.Values), r.Secret[:], previous, millis(r.Renewed),
		r.Created.UnixMilli(), r.Seen.UnixMilli(), r.Idle.Milliseconds(), millis(r.Until), escape(r.Owner), r.Mark,
	}
}

// millis returns a time as the database keeps it: NULL for the zero time.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func timeOf(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.UnixMilli(n.Int64).UTC()
}
