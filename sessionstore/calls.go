package sessionstore

import (
	"cmp"
	"context"
	"time"
)

// within returns the context of opening a session, or of a call outside of requests, with the deadline of the store. A Memory
// needs none.
func (i *SessionInterface) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if i.immediate() {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, i.deadline(), errSlow)
}

// withinRest returns the context of what is done although the client has gone away, such as saving a session: within what the
// request, which has spent some of it, has left of the deadline, and a fifth of that in any case.
func (i *SessionInterface) withinRest(ctx context.Context, spent time.Duration) (context.Context, context.CancelFunc) {
	if i.immediate() {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(context.WithoutCancel(ctx), max(i.deadline()-spent, i.deadline()/5), errSlow)
}

func (i *SessionInterface) deadline() time.Duration { return cmp.Or(i.Deadline, defaultDeadline) }

// immediate reports whether the store answers at once and cannot fail, so that nothing needs to guard it.
func (i *SessionInterface) immediate() bool {
	_, ok := i.Store.(interface{ immediate() })
	return ok
}

func (i *SessionInterface) tell(e Event) {
	if i.Observe != nil {
		i.Observe(e)
	}
}

// nodeOf returns the name of the node that has a session.
func (i *SessionInterface) nodeOf(h Handle) string {
	if n, ok := i.Store.(Noder); ok {
		return n.Node(h)
	}
	return ""
}

// nodeOfOwner returns the name of the node that has what the store knows of an owner.
func (i *SessionInterface) nodeOfOwner(owner string) string {
	if n, ok := i.Store.(Noder); ok {
		return n.OwnerNode(owner)
	}
	return ""
}

// do makes a call of the store.
func (i *SessionInterface) do(ctx context.Context, name, node string, f func(ctx context.Context) error) error {
	if !i.immediate() {
		return i.guard.do(ctx, call{name, node, i.deadline(), int64(cmp.Or(i.MaxWaiting, defaultMaxWaiting)), i.Observe}, f)
	}
	if i.Observe == nil {
		return f(ctx)
	}
	begin := time.Now()
	err := f(ctx)
	i.Observe(Event{Name: name, Node: node, Took: time.Since(begin), Err: err})
	return err
}

// bare reports whether calls of the store need nothing around them.
func (i *SessionInterface) bare() bool { return i.Observe == nil && i.immediate() }

func (i *SessionInterface) load(ctx context.Context, h Handle) (Record, error) {
	if i.bare() {
		return i.Store.Load(ctx, h)
	}
	return i.loadWithin(ctx, h)
}

// An opener is a store that reads a session without making a map of its values.
type opener interface {
	open(h Handle) (Record, []member, error)
}

// loadApart is load with the values apart.
func (i *SessionInterface) loadApart(ctx context.Context, h Handle) (Record, []member, error) {
	if o, ok := i.Store.(opener); ok && i.bare() {
		return o.open(h)
	}
	r, err := i.load(ctx, h)
	members := membersOf(r.Values, make([]member, 0, len(r.Values)))
	r.Values = nil
	return r, members, err
}

func (i *SessionInterface) loadWithin(ctx context.Context, h Handle) (r Record, err error) {
	err = i.do(ctx, "load", i.nodeOf(h), func(ctx context.Context) (err error) { r, err = i.Store.Load(ctx, h); return err })
	return r, err
}

func (i *SessionInterface) create(ctx context.Context, h Handle, r Record) error {
	return i.do(ctx, "create", i.nodeOf(h), func(ctx context.Context) error { return i.Store.Create(ctx, h, r) })
}

func (i *SessionInterface) update(ctx context.Context, h Handle, d Delta) error {
	if i.bare() {
		return i.Store.Update(ctx, h, d)
	}
	return i.updateWithin(ctx, h, d)
}

func (i *SessionInterface) updateWithin(ctx context.Context, h Handle, d Delta) error {
	return i.do(ctx, "update", i.nodeOf(h), func(ctx context.Context) error { return i.Store.Update(ctx, h, d) })
}

func (i *SessionInterface) remove(ctx context.Context, h Handle) error {
	return i.do(ctx, "delete", i.nodeOf(h), func(ctx context.Context) error { return i.Store.Delete(ctx, h) })
}

func (i *SessionInterface) claimFor(ctx context.Context, owner string, h Handle, at, until time.Time) error {
	index := i.Store.(OwnerIndex)
	return i.do(ctx, "claim", i.nodeOfOwner(owner), func(ctx context.Context) error { return index.Claim(ctx, owner, h, at, until) })
}

// release forgets whose a session was. If that fails the claim is stale, which does no harm.
func (i *SessionInterface) release(ctx context.Context, owner string, h Handle) {
	if index, ok := i.Store.(OwnerIndex); ok && owner != "" {
		_ = i.do(ctx, "release", i.nodeOfOwner(owner), func(ctx context.Context) error { return index.Release(ctx, owner, h) })
	}
}

func (i *SessionInterface) claims(ctx context.Context, owner string) (claims []Claim, err error) {
	index, ok := i.Store.(OwnerIndex)
	if !ok {
		return nil, errNoIndex
	}
	err = i.do(ctx, "claims", i.nodeOfOwner(owner), func(ctx context.Context) (err error) { claims, err = index.Claims(ctx, owner); return err })
	return claims, err
}

func (i *SessionInterface) mark(ctx context.Context, owner string) (mark int64, err error) {
	marks := i.Store.(OwnerMarks)
	err = i.do(ctx, "mark", i.nodeOfOwner(owner), func(ctx context.Context) (err error) { mark, err = marks.Mark(ctx, owner); return err })
	return mark, err
}

func (i *SessionInterface) raiseMark(ctx context.Context, owner string, until time.Time) error {
	marks := i.Store.(OwnerMarks)
	return i.do(ctx, "raise", i.nodeOfOwner(owner), func(ctx context.Context) error { _, err := marks.RaiseMark(ctx, owner, until); return err })
}
