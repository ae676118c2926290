//lint:file-ignore SA1019 drivers from before contexts are wrapped too

package debugtoolbar

import (
	"context"
	"database/sql/driver"
	"errors"
)

// A conn records what is asked of a connection. What the connection cannot do it declines in the way in which
// database/sql finds that out, which then does what it does without a toolbar.
type conn struct{ driver.Conn }

// The kinds of connections that run statements which nobody has prepared. database/sql looks at the arguments before it
// asks, so one that cannot do it must not look as if it could.
type (
	execConn  struct{ *conn }
	queryConn struct{ *conn }
	fullConn  struct{ *conn }
)

// watched returns what records the statements of inner.
func watched(inner driver.Conn) driver.Conn {
	c := &conn{inner}
	switch execs, queries := c.execs(), c.queries(); {
	case execs && queries:
		return fullConn{c}
	case execs:
		return execConn{c}
	case queries:
		return queryConn{c}
	}
	return c
}

func (c *conn) execs() bool {
	_, old := c.Conn.(driver.Execer)
	_, ok := c.Conn.(driver.ExecerContext)
	return ok || old
}

func (c *conn) queries() bool {
	_, old := c.Conn.(driver.Queryer)
	_, ok := c.Conn.(driver.QueryerContext)
	return ok || old
}

// ExecContext runs a statement without rows.
func (c execConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.exec(ctx, query, args)
}

// ExecContext runs a statement without rows.
func (c fullConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.exec(ctx, query, args)
}

// QueryContext runs a statement with rows.
func (c queryConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, query, args)
}

// QueryContext runs a statement with rows.
func (c fullConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, query, args)
}

// Unwrap returns the driver's own connection.
func (c *conn) Unwrap() driver.Conn { return c.Conn }

// run records one statement. A driver that has it prepared first is heard when it comes again.
func run[T any](ctx context.Context, query string, args []driver.NamedValue, f func() (T, error)) (T, error) {
	rec := of(ctx)
	if rec == nil {
		return f()
	}
	index := rec.begin(statement, withoutValues(query), rec.bar.arguments(args)...)
	result, err := f()
	if errors.Is(err, driver.ErrSkip) {
		rec.forget(index)
	} else {
		rec.end(index, err)
	}
	return result, err
}

func (c *conn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return run(ctx, query, args, func() (driver.Result, error) {
		if inner, ok := c.Conn.(driver.ExecerContext); ok {
			return inner.ExecContext(ctx, query, args)
		}
		values, err := plainValues(ctx, args)
		if err != nil {
			return nil, err
		}
		return c.Conn.(driver.Execer).Exec(query, values)
	})
}

// query runs a statement with rows. Its time is that until the first row can be read.
func (c *conn) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return run(ctx, query, args, func() (driver.Rows, error) {
		if inner, ok := c.Conn.(driver.QueryerContext); ok {
			return inner.QueryContext(ctx, query, args)
		}
		values, err := plainValues(ctx, args)
		if err != nil {
			return nil, err
		}
		return c.Conn.(driver.Queryer).Query(query, values)
	})
}

// plainValues returns arguments for a driver that knows neither names nor contexts.
func plainValues(ctx context.Context, args []driver.NamedValue) ([]driver.Value, error) {
	values := make([]driver.Value, len(args))
	for i, arg := range args {
		if arg.Name != "" {
			return nil, errors.New("sql: driver does not support the use of Named Parameters")
		}
		values[i] = arg.Value
	}
	return values, ctx.Err()
}

// Prepare prepares a statement.
func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

// PrepareContext prepares a statement.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	rec := of(ctx)
	index := -1
	if rec != nil {
		index = rec.begin(statement, "PREPARE "+withoutValues(query))
	}
	inner, err := c.prepare(ctx, query)
	rec.end(index, err)
	if err != nil {
		return nil, err
	}
	s := &stmt{Stmt: inner, conn: c, query: query}
	if converter, ok := inner.(driver.ColumnConverter); ok {
		return convertingStmt{s, converter}, nil
	}
	return s, nil
}

func (c *conn) prepare(ctx context.Context, query string) (driver.Stmt, error) {
	if inner, ok := c.Conn.(driver.ConnPrepareContext); ok {
		return inner.PrepareContext(ctx, query)
	}
	s, err := c.Conn.Prepare(query)
	if err == nil && ctx.Err() != nil {
		_ = s.Close()
		return nil, ctx.Err()
	}
	return s, err
}

// BeginTx begins a transaction, whose end is recorded too.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	rec := of(ctx)
	index := rec.begin(statement, "BEGIN")
	inner, err := c.begin(ctx, opts)
	rec.end(index, err)
	if err != nil || rec == nil {
		return inner, err
	}
	return tx{inner, rec}, nil
}

func (c *conn) begin(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if inner, ok := c.Conn.(driver.ConnBeginTx); ok {
		return inner.BeginTx(ctx, opts)
	}
	switch {
	case opts.Isolation != 0:
		return nil, errors.New("sql: driver does not support non-default isolation level")
	case opts.ReadOnly:
		return nil, errors.New("sql: driver does not support read-only transactions")
	}
	t, err := c.Conn.Begin()
	if err == nil && ctx.Err() != nil {
		_ = t.Rollback()
		return nil, ctx.Err()
	}
	return t, err
}

// Ping asks whether the database is there, if the driver can.
func (c *conn) Ping(ctx context.Context) error {
	if inner, ok := c.Conn.(driver.Pinger); ok {
		return inner.Ping(ctx)
	}
	return nil
}

// ResetSession makes the connection ready for another user, if it needs that.
func (c *conn) ResetSession(ctx context.Context) error {
	if inner, ok := c.Conn.(driver.SessionResetter); ok {
		return inner.ResetSession(ctx)
	}
	return nil
}

// IsValid reports whether the connection may be used again.
func (c *conn) IsValid() bool {
	inner, ok := c.Conn.(driver.Validator)
	return !ok || inner.IsValid()
}

// CheckNamedValue looks at an argument as the driver does.
func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if inner, ok := c.Conn.(driver.NamedValueChecker); ok {
		return inner.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// A tx records the end of a transaction.
type tx struct {
	driver.Tx
	rec *recording
}

// Commit ends the transaction well.
func (t tx) Commit() error {
	index := t.rec.begin(statement, "COMMIT")
	err := t.Tx.Commit()
	t.rec.end(index, err)
	return err
}

// Rollback ends the transaction as if nothing had been.
func (t tx) Rollback() error {
	index := t.rec.begin(statement, "ROLLBACK")
	err := t.Tx.Rollback()
	t.rec.end(index, err)
	return err
}

// A stmt records the uses of a prepared statement.
type stmt struct {
	driver.Stmt
	conn  *conn
	query string
}

// Unwrap returns the driver's own statement.
func (s *stmt) Unwrap() driver.Stmt { return s.Stmt }

// ExecContext runs the statement without rows.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return run(ctx, s.query, args, func() (driver.Result, error) {
		if inner, ok := s.Stmt.(driver.StmtExecContext); ok {
			return inner.ExecContext(ctx, args)
		}
		values, err := plainValues(ctx, args)
		if err != nil {
			return nil, err
		}
		return s.Stmt.Exec(values)
	})
}

// QueryContext runs the statement with rows.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return run(ctx, s.query, args, func() (driver.Rows, error) {
		if inner, ok := s.Stmt.(driver.StmtQueryContext); ok {
			return inner.QueryContext(ctx, args)
		}
		values, err := plainValues(ctx, args)
		if err != nil {
			return nil, err
		}
		return s.Stmt.Query(values)
	})
}

// CheckNamedValue looks at an argument as the statement does, or the connection.
func (s *stmt) CheckNamedValue(v *driver.NamedValue) error {
	if inner, ok := s.Stmt.(driver.NamedValueChecker); ok {
		return inner.CheckNamedValue(v)
	}
	return s.conn.CheckNamedValue(v)
}

// A convertingStmt is a stmt whose columns convert their arguments.
type convertingStmt struct {
	*stmt
	converter driver.ColumnConverter
}

// ColumnConverter returns what converts the argument of that index.
func (s convertingStmt) ColumnConverter(index int) driver.ValueConverter {
	return s.converter.ColumnConverter(index)
}
