package debugtoolbar

import (
	"context"
	"database/sql/driver"
	"io"

	"github.com/dewar-go/dewar"
)

// Driver returns a driver that does what d does, and records the statements of requests. Register it with [sql.Register]
// under a name of your own. A statement belongs to a request if its context is the [dewar.Context] or is derived from
// it; others pass through. The driver's own connection, which [sql.Conn.Raw] hands out, is behind the method Unwrap.
//
//	sql.Register("sqlite-debug", debugtoolbar.Driver(&sqlite.Driver{}))
//
// [sql.Register]: https://pkg.go.dev/database/sql#Register
// [sql.Conn.Raw]: https://pkg.go.dev/database/sql#Conn.Raw
func Driver(d driver.Driver) driver.Driver { return watchedDriver{d} }

// Connector is [Driver] for a connector, which [sql.OpenDB] takes.
//
//	db := sql.OpenDB(debugtoolbar.Connector(connector))
//
// [sql.OpenDB]: https://pkg.go.dev/database/sql#OpenDB
func Connector(c driver.Connector) driver.Connector { return watchedConnector{c} }

// of returns the recording of the request that ctx belongs to, or nil.
func of(ctx context.Context) *recording {
	if c := dewar.FromContext(ctx); c != nil {
		return current.Get(c)
	}
	return nil
}

type watchedDriver struct{ driver.Driver }

// Open opens a connection.
func (d watchedDriver) Open(name string) (driver.Conn, error) {
	c, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return watched(c), nil
}

// OpenConnector reads name once, if the driver can.
func (d watchedDriver) OpenConnector(name string) (driver.Connector, error) {
	inner, ok := d.Driver.(driver.DriverContext)
	if !ok {
		return namedConnector{d, name}, nil
	}
	c, err := inner.OpenConnector(name)
	if err != nil {
		return nil, err
	}
	return watchedConnector{c}, nil
}

// A namedConnector opens connections of a driver that reads the name each time.
type namedConnector struct {
	d    watchedDriver
	name string
}

// Connect opens a connection.
func (c namedConnector) Connect(context.Context) (driver.Conn, error) { return c.d.Open(c.name) }

// Driver returns the driver.
func (c namedConnector) Driver() driver.Driver { return c.d }

type watchedConnector struct{ driver.Connector }

// Connect opens a connection.
func (c watchedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	rec := of(ctx)
	index := rec.begin(statement, "CONNECT")
	inner, err := c.Connector.Connect(ctx)
	rec.end(index, err)
	if err != nil {
		return nil, err
	}
	return watched(inner), nil
}

// Driver returns the driver.
func (c watchedConnector) Driver() driver.Driver { return watchedDriver{c.Connector.Driver()} }

// Close closes the connector, if that can be.
func (c watchedConnector) Close() error {
	if closer, ok := c.Connector.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
