package sqlstore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A failure says what an error of the database means.
type failure int

const (
	other   failure = iota
	down            // the server cannot be reached or cannot serve
	busy            // nothing has happened: it may be tried again
	missing         // the table is
	duplicate
	tooLarge
)

// failureOf returns what an error means. One that has no code of the server comes from the connection.
func (d Dialect) failureOf(err error) failure {
	switch d {
	case PostgreSQL:
		var coded interface{ SQLState() string }
		if errors.As(err, &coded) {
			return ofPostgres(coded.SQLState())
		}
	case SQLite:
		var coded interface{ Code() int }
		if errors.As(err, &coded) {
			return ofSQLite(coded.Code(), err.Error())
		}
	case MySQL:
		if n, ok := mysqlNumber(err); ok {
			return ofMySQL(n)
		}
	}
	return down
}

func ofPostgres(state string) failure {
	switch state {
	case "40001", "40P01": // serialization failure, deadlock
		return busy
	case "42P01", "3F000": // no such table, no such schema
		return missing
	case "23505", "42P07", "42710": // a row, a table, an index
		return duplicate
	case "54000": // beyond a limit of the program
		return tooLarge
	case "25006", "55P03", "3D000": // read-only, lock_timeout, no such database
		return down
	}
	// Classes: connection, authorization, resources, an operator, the system around it, an internal error.
	if slices.Contains([]string{"08", "28", "53", "57", "58", "XX"}, state[:min(2, len(state))]) {
		return down
	}
	return other
}

func ofSQLite(code int, message string) failure {
	switch code & 0xff {
	case 5, 6: // BUSY, LOCKED
		return busy
	case 18: // TOOBIG
		return tooLarge
	case 19: // CONSTRAINT
		return duplicate
	case 1: // ERROR
		if strings.Contains(message, "no such table") {
			return missing
		}
	case 3, 7, 8, 9, 10, 11, 13, 14, 15, 26: // PERM, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB
		return down
	}
	return other
}

// mysqlNumber returns the number of an error of the server, which the driver writes as Error 1213 (40001): Deadlock found.
func mysqlNumber(err error) (n int, ok bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		if _, scanErr := fmt.Sscanf(err.Error(), "Error %d", &n); scanErr == nil {
			return n, true
		}
	}
	return 0, false
}

func ofMySQL(number int) failure {
	switch number {
	case 1213, 1205, 1020: // deadlock, lock wait timeout, a record that has changed
		return busy
	case 1146: // no such table
		return missing
	case 1062: // a row
		return duplicate
	case 1153, 3150, 3151: // a packet, JSON, a key in it
		return tooLarge
	case 3, 1026, 1021, 1114, 1030, 1037, 1038, 1041, // files, disk, memory
		1040, 1203, 1226, 1129, // too many connections or errors
		1044, 1045, 1049, 1130, // who may connect, and to what
		1053, 1077, 1079, 1080, 1290, 1836, 1792, 1047, // shutdown, read-only, no cluster
		1158, 1159, 1160, 1161, 1184, 1317, 1927, 1969, 3024: // cut off
		return down
	}
	return other
}
