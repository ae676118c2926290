package sqlstore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

const defaultTable = "sessions"

// tables are the names of the tables as SQL writes them.
type tables struct {
	sessions, marks string
	index           string // what the names of indexes begin with
}

var tableName = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]{0,39}\.)?[A-Za-z_][A-Za-z0-9_]{0,39}$`)

func tablesNamed(name string, d Dialect) (tables, error) {
	if d < PostgreSQL || d > MySQL {
		return tables{}, fmt.Errorf("sqlstore: %v is no dialect; set Dialect to sqlstore.PostgreSQL, sqlstore.SQLite or sqlstore.MySQL", d)
	}
	if !tableName.MatchString(name) {
		return tables{}, fmt.Errorf("sqlstore: Table is %q, which is no name of a table; use at most 40 letters, digits and underscores, and a schema and a dot in front if it has one", name)
	}
	schema, table, found := strings.Cut(name, ".")
	if !found {
		schema, table = "", name
	} else {
		schema = d.quote(schema) + "."
	}
	return tables{sessions: schema + d.quote(table), marks: schema + d.quote(table+"_marks"), index: table}, nil
}

// Schema returns the SQL that makes the tables of a store whose Table is the default, for those who keep their migrations
// themselves. The statements end with semicolons and may be run again. It panics if dialect is none.
func Schema(dialect Dialect) string {
	t, err := tablesNamed(defaultTable, dialect)
	if err != nil {
		panic(err.Error())
	}
	return strings.Join(t.schema(dialect), ";\n\n") + ";\n"
}

// Schema returns the SQL that CreateSchema runs.
func (s *Store) Schema() (string, error) {
	t, err := s.tables()
	if err != nil {
		return "", err
	}
	return strings.Join(t.schema(s.Dialect), ";\n\n") + ";\n", nil
}

// CreateSchema makes the tables that are not there yet. Several processes may do so at once.
func (s *Store) CreateSchema(ctx context.Context) error {
	t, err := s.tables()
	if err != nil {
		return err
	}
	for _, statement := range t.schema(s.Dialect) {
		_, err := s.write(ctx, query{text: statement})
		if errors.Is(err, errDuplicate) { // PostgreSQL, of two who make it at once
			_, err = s.write(ctx, query{text: statement})
		}
		if err != nil {
			return fmt.Errorf("sqlstore: create the tables: %w", err)
		}
	}
	return nil
}

// schema returns the statements that make the tables.
func (t tables) schema(d Dialect) []string {
	switch d {
	case PostgreSQL:
		return t.postgresSchema()
	case SQLite:
		return t.sqliteSchema()
	default:
		return t.mysqlSchema()
	}
}

func (t tables) postgresSchema() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS ` + t.sessions + ` (
	handle text COLLATE "C" PRIMARY KEY,
	data jsonb NOT NULL,
	secret bytea NOT NULL,
	previous bytea,
	renewed bigint,
	created bigint NOT NULL,
	seen bigint NOT NULL,
	idle bigint NOT NULL,
	until bigint,
	expires bigint NOT NULL,
	owner text NOT NULL,
	mark bigint NOT NULL
)`,
		`CREATE INDEX IF NOT EXISTS "` + t.index + `_expires" ON ` + t.sessions + ` (expires)`,
		`CREATE INDEX IF NOT EXISTS "` + t.index + `_owner" ON ` + t.sessions + ` USING hash (owner) WHERE owner <> ''`,
		`CREATE TABLE IF NOT EXISTS ` + t.marks + ` (
	owner bytea PRIMARY KEY,
	mark bigint NOT NULL,
	until bigint NOT NULL
)`,
		`CREATE INDEX IF NOT EXISTS "` + t.index + `_marks_until" ON ` + t.marks + ` (until)`,
	}
}

func (t tables) sqliteSchema() []string {
	schema := strings.TrimSuffix(t.sessions, `"`+t.index+`"`)
	return []string{
		`CREATE TABLE IF NOT EXISTS ` + t.sessions + ` (
	handle TEXT PRIMARY KEY,
	data TEXT NOT NULL,
	secret BLOB NOT NULL,
	previous BLOB,
	renewed INTEGER,
	created INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	idle INTEGER NOT NULL,
	until INTEGER,
	expires INTEGER NOT NULL,
	owner TEXT NOT NULL,
	mark INTEGER NOT NULL
)`,
		`CREATE INDEX IF NOT EXISTS ` + schema + `"` + t.index + `_expires" ON "` + t.index + `" (expires)`,
		`CREATE INDEX IF NOT EXISTS ` + schema + `"` + t.index + `_owner" ON "` + t.index + `" (owner) WHERE owner <> ''`,
		`CREATE TABLE IF NOT EXISTS ` + t.marks + ` (
	owner BLOB PRIMARY KEY,
	mark INTEGER NOT NULL,
	until INTEGER NOT NULL
)`,
		`CREATE INDEX IF NOT EXISTS ` + schema + `"` + t.index + `_marks_until" ON "` + t.index + `_marks" (until)`,
	}
}

func (t tables) mysqlSchema() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS ` + t.sessions + ` (
	handle CHAR(22) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,
	data JSON NOT NULL,
	secret BINARY(32) NOT NULL,
	previous BINARY(32),
	renewed BIGINT,
	created BIGINT NOT NULL,
	seen BIGINT NOT NULL,
	idle BIGINT NOT NULL,
	until BIGINT,
	expires BIGINT NOT NULL,
	owner LONGBLOB NOT NULL,
	mark BIGINT NOT NULL,
	revision BIGINT NOT NULL DEFAULT 0,
	INDEX (expires),
	INDEX (owner(64))
) ENGINE=InnoDB`,
		`CREATE TABLE IF NOT EXISTS ` + t.marks + ` (
	owner BINARY(32) PRIMARY KEY,
	mark BIGINT NOT NULL,
	until BIGINT NOT NULL,
	INDEX (until)
) ENGINE=InnoDB`,
	}
}

// digest is what stands for an owner in the table of marks: primary keys cannot be of any length.
func digest(owner string) []byte {
	sum := sha256.Sum256([]byte(owner))
	return sum[:]
}
