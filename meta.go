package dewar

// Meta is a name for typed data that one package hangs on routes and another one reads: limits, permissions, what
// an API document says of them. Metas compare by identity, so two packages never meet.
type Meta[T any] struct {
	name string
}

// NewMeta returns a new name for data of type T. It is usually a package variable:
// var limits = dewar.NewMeta[Limit]("limit").
func NewMeta[T any](name string) *Meta[T] { return &Meta[T]{name: name} }

// String returns the name.
func (m *Meta[T]) String() string { return m.name }

// With hangs value on a route, or on all routes of a [Blueprint] or an [App]; the innermost counts, and of several
// on one route the last. value is shared by all requests, so it must not be changed.
func (m *Meta[T]) With(value T) RoutingOption {
	return routingOption(func(r *routing) { r.meta = merged(r.meta, map[any]any{m: value}) })
}

// Of returns what hangs on a route, as [Context.Route] and [App.Routes] give it, and whether anything does. For a
// request that [App.Fallback] serves it is what hangs on the fallback.
func (m *Meta[T]) Of(route Route) (value T, ok bool) {
	held, ok := route.meta[m]
	value, _ = held.(T)
	return value, ok
}
