package sqlstore

import "fmt"

// A Dialect is the SQL that a database speaks.
type Dialect int

// The dialects. MySQL is that of MariaDB too.
const (
	PostgreSQL Dialect = iota + 1
	SQLite
	MySQL
)

// String returns the name of the database.
func (d Dialect) String() string {
	switch d {
	case PostgreSQL:
		return "PostgreSQL"
	case SQLite:
		return "SQLite"
	case MySQL:
		return "MySQL"
	}
	return fmt.Sprintf("Dialect(%d)", int(d))
}

// quote returns a name as SQL writes it whatever it means elsewhere. It has letters, digits and underscores only.
func (d Dialect) quote(name string) string {
	if d == MySQL {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// document is the place of a JSON object.
func (d Dialect) document() string {
	if d == PostgreSQL {
		return "?::jsonb"
	}
	return "?"
}

// merged is an expression of the column data after a patch, a JSON object in which null stands for no value. It works
// because every value is a string, never null and never an object.
func (d Dialect) merged(patch string) string {
	switch d {
	case PostgreSQL:
		return "jsonb_strip_nulls(data || " + patch + "::jsonb)"
	case SQLite:
		return "json_patch(data, " + patch + ")"
	default:
		return "JSON_MERGE_PATCH(data, " + patch + ")"
	}
}

// as is a condition that a patch changes nothing. Both sides are merged, so that they are written alike.
func (d Dialect) as(patch string) string { return d.merged(patch) + " = " + d.merged("'{}'") }

// places are the places of what insertion returns.
func (d Dialect) places() string { return "?, ?, " + d.document() + ", ?, ?, ?, ?, ?, ?, ?, ?, ?" }
