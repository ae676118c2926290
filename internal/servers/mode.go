package servers

import "time"

// Mode is what a [Proxy] does with what passes. The zero value is [Pass].
type Mode struct {
	effect effect
	delay  time.Duration
	bytes  int64
	reset  bool
}

// effect is the kind of a Mode.
type effect int

const (
	pass effect = iota
	refuse
	blackhole
	delay
	throttle
	cut
)

var (
	// Pass hands everything on.
	Pass = Mode{}

	// Refuse closes the port, so that the kernel refuses connections, and resets those that there are.
	Refuse = Mode{effect: refuse}

	// Blackhole accepts connections and swallows what clients and server send, as a broken network does.
	Blackhole = Mode{effect: blackhole}
)

// Delay has each reply wait for d. The server gets the request at once.
func Delay(d time.Duration) Mode { return Mode{effect: delay, delay: d} }

// Throttle hands so many bytes of replies on in a second, on each connection. It panics if that is no positive number.
func Throttle(bytesPerSecond int64) Mode {
	if bytesPerSecond <= 0 {
		panic("servers: Throttle needs a positive number of bytes per second; use Blackhole for none")
	}
	return Mode{effect: throttle, bytes: bytesPerSecond}
}

// CutAfter closes a connection inside a reply, after its first n bytes; a reply of n bytes or less is whole. With 0 the
// server has done what was asked and the client never hears of it.
func CutAfter(n int64) Mode { return Mode{effect: cut, bytes: n} }

// ResetAfter is CutAfter with a reset in the place of an end of file. What the client has not read by then is lost to it.
func ResetAfter(n int64) Mode { return Mode{effect: cut, bytes: n, reset: true} }

// step is what happens next to a piece of a reply: nothing for a while, or some of it is written and swallowed, after which
// the connection may end.
type step struct {
	wait           time.Duration
	write, swallow int
	last, reset    bool
}

// step decides on n bytes of a reply of which passed bytes are through. Waited tells that the wait of the step before is
// over.
func (m Mode) step(n int, passed int64, waited bool) step {
	switch m.effect {
	case blackhole:
		return step{swallow: n}
	case delay:
		if passed == 0 && !waited {
			return step{wait: m.delay}
		}
	case throttle:
		if !waited {
			return step{wait: m.tick()}
		}
		return step{write: min(n, int(max(1, m.bytes/20)))}
	case cut:
		if room := max(0, m.bytes-passed); int64(n) > room {
			return step{write: int(room), last: true, reset: m.reset}
		}
	}
	return step{write: n}
}

// tick is how long a throttled connection takes for the bytes that it writes at once.
func (m Mode) tick() time.Duration {
	return time.Duration(max(1, m.bytes/20)) * time.Second / time.Duration(m.bytes)
}
