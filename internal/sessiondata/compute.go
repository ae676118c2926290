package sessiondata

// A replay is how the value of a key was computed from another one.
type replay struct {
	from  string // the encoding of the value it began with; "" for none
	steps []func(old any) any
}

// Compute gives key the value that f returns for the one it has, nil for none; nil takes it away. f may be called
// several times, here when another goroutine changes the value meanwhile, and by [Bag.Replay]. It gets a value of its own
// each time, and what it returns is not watched.
func (b *Bag) Compute(key string, f func(old any) any) error {
	if b.Null() {
		return ErrNull
	}
	for {
		if err := b.settleForms(key); err != nil {
			return err
		}
		before, _, _ := b.find(key, nil)
		after, err := b.step(key, before, f)
		if err != nil {
			return err
		}
		swapped := false
		err = b.change(func() error {
			swapped = b.raw(key) == before
			if swapped {
				b.compute(key, before, after, f)
			}
			return nil
		})
		if swapped || err != nil {
			return ofKey(key, err)
		}
	}
}

// step returns the encoding of what f makes of an encoded value; "" stands for none.
func (b *Bag) step(key, before string, f func(old any) any) (string, error) {
	var old any
	if before != "" {
		v, err := b.codec.Decode(before)
		if err != nil {
			return "", notKept(key, err)
		}
		old = v
	}
	value := f(old)
	if value == nil {
		return "", nil
	}
	return b.encode(key, value)
}

// raw returns the encoding of key's value, or "". The caller holds the lock.
func (b *Bag) raw(key string) string { return rawOf(b.members, key) }

// compute makes after the value of key, and remembers how it came about, unless it was set or removed before without
// a look at what was loaded. The caller holds the lock.
func (b *Bag) compute(key, before, after string, f func(old any) any) {
	known := b.replays[key]
	if known == nil && b.marks&Cleared == 0 && !b.hasChanged(key) {
		known = &replay{from: before}
	}
	b.recall(key)
	if after != "" {
		b.put(key, after)
	} else {
		b.remove(key)
	}
	if known != nil {
		known.steps = append(known.steps, f)
		if b.replays == nil {
			b.replays = map[string]*replay{}
		}
		b.replays[key] = known
	}
}

// computed returns what the values that were computed began with. The caller holds the lock.
func (b *Bag) computed() map[string][]byte {
	if len(b.replays) == 0 {
		return nil
	}
	from := make(map[string][]byte, len(b.replays))
	for key, r := range b.replays {
		from[key] = nil
		if r.from != "" {
			from[key] = []byte(r.from)
		}
	}
	return from
}

// Replay returns the encoding of what the calls of [Bag.Compute] for key make of another value than the one they began
// with; "" stands for none. The Bag stays as it is.
func (b *Bag) Replay(key, current string) (string, error) {
	b.mu.Lock()
	var steps []func(old any) any
	if r := b.replays[key]; r != nil {
		steps = r.steps
	}
	b.mu.Unlock()
	for _, f := range steps {
		var err error
		if current, err = b.step(key, current, f); err != nil {
			return "", err
		}
	}
	return current, nil
}
