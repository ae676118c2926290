// Package sqlstore keeps dewar's sessions in PostgreSQL, SQLite, MySQL or MariaDB, by database/sql and the driver that the
// application imports.
//
//	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
//	...
//	store := &sqlstore.Store{DB: db, Dialect: sqlstore.PostgreSQL}
//	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
//
// The tables are made by [Store.CreateSchema], or by hand with what [Schema] returns. Rows that have expired stay until
// [Store.SweepEvery] removes them.
//
// # What is written
//
// A session is a row. Its values are one JSON object, in which each value is a JSON string of its encoded bytes: so large
// integers, the order of keys, and NUL come back as they were, and the object can be read in SQL:
//
//	SELECT data->>'user_id', to_timestamp(seen / 1000) FROM sessions WHERE handle = 'mLYh2rbL8jkhpCDhiW2sJQ'
//
// Times are milliseconds since 1970. An update is one statement, which merges what a request has changed into the row that
// is there at that moment: it needs no transaction, holds no lock afterwards, and cannot bring back a row that is gone.
//
// # When the database fails
//
// Deadlocks, serialization failures and a locked SQLite file are tried again until the context ends. Errors of the
// connection, of a server that starts, stops, is read-only or has no room, and a context whose deadline has passed are
// wrapped in [sessionstore.ErrUnavailable]. A write that fails so may have happened all
// the same, or happen a little later.
package sqlstore
