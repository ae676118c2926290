package jinja

import (
	"fmt"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A Dict is Python's dict: a mapping that keeps the order in which its keys were set, which a Go map does not. Give a template a *Dict. The zero
// Dict is empty and ready. Templates may change it, as they may change a dict in Flask, so that each rendering wants its own: it is for one
// goroutine.
type Dict = value.Dict

// NewDict returns a Dict with the pairs, a key and its value by turns. It panics when a value is missing, or a key is none that Python takes, such as a
// slice.
func NewDict(pairs ...any) *Dict {
	d := &Dict{}
	for i := 0; i < len(pairs); i += 2 {
		if i+1 == len(pairs) {
			panic(fmt.Sprintf("jinja: NewDict has the key %v without a value; give keys and values by turns", pairs[i]))
		}
		if err := d.Set(pairs[i], pairs[i+1]); err != nil {
			panic(fmt.Sprintf("jinja: NewDict cannot have a %T as a key: %v", pairs[i], err))
		}
	}
	return d
}

// A Tuple is Python's tuple, which shows as (1, 2) and fills the places of '%s of %s' % t. A Go slice is a list.
type Tuple = value.Tuple

// A Date is Python's date, a day without a time: it shows as 2026-01-02, and has strftime, year, weekday and the others. A time.Time is a
// datetime.
type Date = value.Date

// DateOf returns the day of t, in the location of t.
func DateOf(t time.Time) Date { return value.DateOf(t) }
