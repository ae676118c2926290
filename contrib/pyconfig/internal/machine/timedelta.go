package machine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// timedelta is a datetime.timedelta: days, and microseconds of a day that are never negative.
type timedelta struct{ days, micros int64 }

const (
	dayMicros = 86_400_000_000
	maxDays   = 999_999_999
)

func errLong() error {
	return fault.Raise("OverflowError", "a timedelta is longer than 999999999 days; write a smaller one")
}

// duration returns a [time.Duration]. Where that is too short it returns the seconds, as an int64 or, with a
// fraction, as a [json.Number].
func (d timedelta) duration() any {
	micros := d.microseconds().Num()
	nanos := new(big.Int).Mul(micros, big.NewInt(int64(time.Microsecond)))
	if nanos.IsInt64() {
		return time.Duration(nanos.Int64())
	}
	if d.micros%1e6 == 0 {
		return d.days*86_400 + d.micros/1e6
	}
	seconds := d.microseconds()
	return json.Number(seconds.Quo(seconds, big.NewRat(1e6, 1)).FloatString(6))
}

// newTimedelta implements timedelta(days, seconds, microseconds, milliseconds, minutes, hours, weeks).
func newTimedelta(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	units := []struct {
		name string
		unit int64
	}{
		{"days", dayMicros}, {"seconds", 1e6}, {"microseconds", 1}, {"milliseconds", 1e3}, {"minutes", 60e6},
		{"hours", 3600e6}, {"weeks", 7 * dayMicros},
	}
	given := make([]starlark.Value, len(units))
	var pairs []any
	for i, unit := range units {
		given[i] = starlark.MakeInt(0)
		pairs = append(pairs, unit.name+"?", &given[i])
	}
	if err := unpack("timedelta", args, kwargs, pairs...); err != nil {
		return nil, err
	}
	total := new(big.Rat)
	for i, unit := range units {
		n, ok := rational(given[i])
		if !ok {
			return nil, needsNumber(given[i], "timedelta() needs finite numbers, not %s%s", typeName(given[i]), noneHint(given[i]))
		}
		total.Add(total, n.Mul(n, big.NewRat(unit.unit, 1)))
	}
	return fromMicroseconds(total)
}

// rational returns a number without loss.
func rational(v starlark.Value) (*big.Rat, bool) {
	switch v := unbool(v).(type) {
	case starlark.Int:
		return new(big.Rat).SetInt(v.BigInt()), true
	case starlark.Float:
		r := new(big.Rat).SetFloat64(float64(v))
		return r, r != nil
	}
	return nil, false
}

// fromMicroseconds rounds to whole microseconds, halves to the even neighbour.
func fromMicroseconds(r *big.Rat) (starlark.Value, error) {
	double := new(big.Int).Lsh(r.Num(), 1)
	double.Add(double, r.Denom())
	denominator := new(big.Int).Lsh(r.Denom(), 1)
	rounded, rest := new(big.Int).DivMod(double, denominator, new(big.Int))
	if rest.Sign() == 0 && rounded.Bit(0) == 1 {
		rounded.Sub(rounded, big.NewInt(1))
	}
	days, micros := new(big.Int).DivMod(rounded, big.NewInt(dayMicros), new(big.Int))
	if !days.IsInt64() || days.Int64() > maxDays || days.Int64() < -maxDays {
		return nil, errLong()
	}
	return timedelta{days.Int64(), micros.Int64()}, nil
}

func (d timedelta) microseconds() *big.Rat {
	micros := new(big.Int).Mul(big.NewInt(d.days), big.NewInt(dayMicros))
	return new(big.Rat).SetInt(micros.Add(micros, big.NewInt(d.micros)))
}

// String returns what str() gives.
func (d timedelta) String() string { return d.str() }

// Type returns the name of the type.
func (d timedelta) Type() string { return "timedelta" }

// Freeze does nothing: a timedelta does not change.
func (d timedelta) Freeze() {}

// Truth is false for no time at all.
func (d timedelta) Truth() starlark.Bool { return d != timedelta{} }

// Hash makes a timedelta fit for a key.
func (d timedelta) Hash() (uint32, error) { return starlark.MakeInt64(d.days ^ d.micros<<20).Hash() }

// Cmp orders by length.
func (d timedelta) Cmp(other starlark.Value, _ int) (int, error) {
	o := other.(timedelta)
	return cmp.Or(cmp.Compare(d.days, o.days), cmp.Compare(d.micros, o.micros)), nil
}

// parts splits into days, seconds below a day and microseconds below a second, the last two never negative.
func (d timedelta) parts() (days, seconds, micros int64) {
	return d.days, d.micros / 1e6, d.micros % 1e6
}

func (d timedelta) str() string {
	days, seconds, micros := d.parts()
	s := fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	if micros != 0 {
		s += fmt.Sprintf(".%06d", micros)
	}
	switch days {
	case 0:
		return s
	case 1, -1:
		return fmt.Sprintf("%d day, %s", days, s)
	}
	return fmt.Sprintf("%d days, %s", days, s)
}

func (d timedelta) repr() string {
	days, seconds, micros := d.parts()
	var parts []string
	for _, part := range []struct {
		name string
		n    int64
	}{{"days", days}, {"seconds", seconds}, {"microseconds", micros}} {
		if part.n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", part.name, part.n))
		}
	}
	if parts == nil {
		return "datetime.timedelta(0)"
	}
	return "datetime.timedelta(" + strings.Join(parts, ", ") + ")"
}

func (d timedelta) attr(name string) starlark.Value {
	days, seconds, micros := d.parts()
	switch name {
	case "days":
		return starlark.MakeInt64(days)
	case "seconds":
		return starlark.MakeInt64(seconds)
	case "microseconds":
		return starlark.MakeInt64(micros)
	case "total_seconds":
		return builtin(name, func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			seconds, _ := new(big.Rat).Quo(d.microseconds(), big.NewRat(1e6, 1)).Float64()
			return starlark.Float(seconds), unpack(name, args, kwargs)
		})
	}
	return nil
}

// Unary evaluates -d and +d.
func (d timedelta) Unary(op syntax.Token) (starlark.Value, error) {
	switch op {
	case syntax.MINUS:
		negative := d.microseconds()
		return fromMicroseconds(negative.Neg(negative))
	case syntax.PLUS:
		return d, nil
	}
	return nil, nil
}

// Binary evaluates + - * / // %.
func (d timedelta) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if other, ok := y.(timedelta); ok {
		return d.with(op, other)
	}
	n, ok := rational(y)
	if !ok || side == starlark.Right && op != syntax.STAR {
		return nil, nil
	}
	micros := d.microseconds()
	switch op {
	case syntax.STAR:
		return fromMicroseconds(micros.Mul(micros, n))
	case syntax.SLASH:
		if n.Sign() == 0 {
			return nil, fault.Raise("ZeroDivisionError", "division by zero")
		}
		return fromMicroseconds(micros.Quo(micros, n))
	case syntax.SLASHSLASH:
		if _, ok := unbool(y).(starlark.Int); !ok {
			return nil, nil
		}
		if n.Sign() == 0 {
			return nil, fault.Raise("ZeroDivisionError", "division by zero")
		}
		return fromMicroseconds(floor(micros.Quo(micros, n)))
	}
	return nil, nil
}

// with evaluates an operator of two timedeltas.
func (d timedelta) with(op syntax.Token, other timedelta) (starlark.Value, error) {
	a, b := d.microseconds(), other.microseconds()
	switch op {
	case syntax.PLUS:
		return fromMicroseconds(a.Add(a, b))
	case syntax.MINUS:
		return fromMicroseconds(a.Sub(a, b))
	case syntax.SLASH, syntax.SLASHSLASH, syntax.PERCENT:
	default:
		return nil, nil
	}
	if b.Sign() == 0 {
		return nil, fault.Raise("ZeroDivisionError", "division by zero")
	}
	quotient := new(big.Rat).Quo(a, b)
	if op == syntax.SLASH {
		f, _ := quotient.Float64()
		return starlark.Float(f), nil
	}
	whole := floor(quotient)
	if op == syntax.SLASHSLASH {
		return starlark.MakeBigInt(whole.Num()), nil
	}
	return fromMicroseconds(a.Sub(a, whole.Mul(whole, b)))
}

func floor(r *big.Rat) *big.Rat {
	whole, _ := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	return new(big.Rat).SetInt(whole)
}

// timedeltaAttr returns an attribute of the class timedelta.
func timedeltaAttr(name string) starlark.Value {
	switch name {
	case "min":
		return timedelta{-maxDays, 0}
	case "max":
		return timedelta{maxDays, dayMicros - 1}
	case "resolution":
		return timedelta{0, 1}
	}
	return nil
}
