// Package sessionstore keeps the sessions of an application on the server: in its own memory, or in a database that several
// processes share. The cookie then only names the session.
//
//	store := sessionstore.NewMemory() // or redisstore.Open, &sqlstore.Store{...}, a Store of your own
//	app.SessionInterface = &sessionstore.SessionInterface{Store: store}
//
// Views use [dewar.Session] as before. What changes is that a session may be large, that a logout counts at once
// everywhere, and that requests which run at the same time do not undo each other. docs/stores.md compares the stores.
//
// # What concurrent requests do to each other
//
// A request does not write the session it has read but what it has changed in it, a [Delta]: keys set, keys deleted. The store merges
// that into what is there by then. Two requests that set two keys both count; of two that set one key, the later. A value
// that is computed from what was there, such as a counter or a cart, is changed by [dewar.Session.Change], which computes it
// again when another request was faster. Flashed messages are values of their own: none is lost,
// though two requests that show messages at the same moment may both show one.
//
// # How a session ends
//
// It ends when it was not used for PERMANENT_SESSION_LIFETIME, when SESSION_ABSOLUTE_LIFETIME has passed since it began, if that is set,
// or when a view calls Destroy. [SetLifetime] gives one session other times, as for "remember me". The end is final. A
// request that was under way and has changed the session is answered 409 when it saves it, and its changes are dropped:
// nothing brings a session back.
//
// # What the cookie holds
//
// A handle, by which the store finds the session for as long as it lives; a secret that opens it; a MAC of both under SECRET_KEY, so
// that made-up cookies never reach the store. The store has the secret's hash alone. [dewar.Session.Renew], which belongs
// into every login, replaces the secret: the old one opens nothing from then on, while requests that were opened with it
// still save what they have changed. Handles are no secret: [dewar.Session.ID] returns them, and logs may have them.
//
// # Whose sessions
//
// With [SessionInterface.Owner] the sessions of a user can be listed and ended: [SessionInterface.Sessions],
// [SessionInterface.End], [SessionInterface.EndOthers], [SessionInterface.EndAll]. What is
// saved after that is not among them, such as a login that has looked at the old password before; docs/stores.md says what to do
// about that. [SessionInterface.CheckOwner] finds them even if a failover has lost a part of the index, for one more call of the
// store in each request.
//
// # When a store is sick
//
// Every request that opens or saves a session waits for the store for [SessionInterface.Deadline] at most, and is answered 503 with
// Retry-After then. It is never taken for one of an anonymous visitor, and nothing of its page is sent. After five failures in a row a
// breaker refuses calls of that node at once, and tries it again every quarter of a second. Pages that do not open the session are
// not touched. A client that leaves does not undo what its request has begun to save.
//
// # What it costs
//
// A visitor without a session costs nothing until something is set. Opening a session is one call of the store, saving a change another.
// One that is only read is written when [SessionInterface.TouchAfter] has passed, so that it lives on. docs/scaling.md has the
// figures. [SessionInterface.Observe] is told of every call, with its time and its error, for metrics.
//
// # A store of your own
//
// Four methods make a [Store]; [OwnerIndex], [OwnerMarks], [Sweeper], [Counter] and [Noder] are more that it may have.
// [Record.Apply] says what an update does. dewartest.TestStore finds what is wrong with one.
package sessionstore
