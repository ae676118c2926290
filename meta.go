package dewar

// Meta is a key for typed data that one package attaches to routes and another reads: limits, permissions, what an API
// document says of them. Metas compare by identity, so those of two packages never meet.
type Meta[T any] struct {
	name string
}

// NewMeta returns a new key for data of type T; its name is for logs. It is usually a package variable:
// var limits = dewar.NewMeta[Limit]("limit").
func NewMeta[T any](name string) *Meta[T] { return &Meta[T]{name: name} }

// String returns the name.
func (m *Meta[T]) String() string { return m.name }

// With attaches value to a route, or to all routes of a [Blueprint] or an [App]. The innermost counts, and of several
// on one route the last. value is shared by all requests, so it must not be changed.
func (m *Meta[T]) With(value T) RoutingOption {
	return routingOption(func(r *routing) { r.meta = merged(r.meta, map[any]any{m: value}) })
}

// Of returns what is attached to a route, as [Context.Route] and [App.Routes] give it, and whether anything is. A
// request that [App.Fallback] serves has what is attached to the fallback.
func (m *Meta[T]) Of(route Route) (value T, ok bool) {
	held, ok := route.meta[m]
	value, _ = held.(T)
	return value, ok
}
