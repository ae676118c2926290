package sqlstore

import (
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/sessionstore"
)

// A query is a statement and its arguments.
type query struct {
	text string
	args []any
}

// query returns a query whose places are written as question marks.
func (s *Store) query(text string, args ...any) query {
	if s.Dialect == PostgreSQL {
		text = numbered(text)
	}
	return query{text, args}
}

// numbered writes the places as PostgreSQL does: $1, $2 and so on.
func numbered(text string) string {
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(text, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(n))
		text = after
	}
}

// clauses are parts of a query.
type clauses struct {
	text strings.Builder
	args []any
}

func (c *clauses) add(text string, args ...any) {
	c.text.WriteString(text)
	c.args = append(c.args, args...)
}

// update returns the statement that does what [sessionstore.Record.Apply] does. MySQL assigns from left to right, so that
// a column stands behind those that are computed from it.
func (s *Store) update(t tables, h sessionstore.Handle, d sessionstore.Delta) query {
	var c clauses
	at := d.At.UnixMilli()
	c.add("UPDATE "+t.sessions+" SET seen = ?", at)
	if s.Dialect == MySQL { // counts a row that was found but not changed as none
		c.add(", revision = revision + 1")
	}
	switch {
	case d.Clear:
		c.add(", data = "+s.Dialect.document(), s.Dialect.whole(d.Set))
	case len(d.Set)+len(d.Delete) > 0:
		c.add(", data = "+s.Dialect.merged("?"), object(d.Set, d.Delete...))
	}
	if d.Renew != nil {
		c.add(", previous = secret, secret = ?, renewed = ?", d.Renew.To[:], at)
	}
	if d.Owner != nil {
		c.add(", owner = ?, mark = ?", escape(d.Owner.Owner), d.Owner.Mark)
	}
	if d.Lifetime != nil {
		r := sessionstore.Record{Seen: d.At, Idle: d.Lifetime.Idle, Until: d.Lifetime.Until}
		c.add(", idle = ?, until = ?, expires = ?", r.Idle.Milliseconds(), millis(r.Until), r.Expires().UnixMilli())
	} else {
		c.add(", expires = CASE WHEN until < ? + idle THEN until ELSE ? + idle END", at, at)
	}
	c.add(" WHERE handle = ? AND expires > ?", h.String(), at)
	if d.Renew != nil {
		c.add(" AND secret = ?", d.Renew.From[:])
	}
	if len(d.Expect) > 0 {
		c.add(" AND "+s.Dialect.as("?"), expectation(d.Expect))
	}
	return s.query(c.text.String(), c.args...)
}
