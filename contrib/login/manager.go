package login

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"

	"github.com/dewar-go/dewar"
)

// A Manager knows the users of an application: Flask-Login's LoginManager. U is the type of a user, most often a pointer
// to a struct that embeds [UserMixin]; the zero U, nil for a pointer, is nobody.
//
// Make one, fill in its fields, and call [Manager.Init] for each App. The fields must not be changed after that. Its
// methods may be called by several goroutines, also for one request. They answer for the request that their Context
// belongs to, and need no more than one call of Load in it.
type Manager[U interface {
	comparable
	User
}] struct {
	// Load returns the user with that id, or the zero U when there is none, or none any more. An error fails the request, in
	// 500 or the status that it picks; it never logs anybody out. It is called once in a request, when somebody asks, and
	// must not ask the Manager, which is an error; what Load knows of the user is id. Flask-Login has user_loader.
	Load func(c *dewar.Context, id string) (U, error)
	// LoadFromRequest returns the user of a request that neither its session nor a remember cookie tells: by a header or a key
	// in the query. Results are those of Load. Without Load it is the only way. Flask-Login has request_loader.
	LoadFromRequest func(c *dewar.Context) (U, error)
	// ID returns what Load finds the user by. It is needed where there is a Load. Flask-Login has get_id.
	ID func(u U) string

	// View is where visitors are sent to log in: an endpoint, or a URL that begins with /, http:// or https://. Without one they
	// are answered with 401. Flask-Login has login_view.
	View string
	// Views are other Views for the routes of a blueprint, by its dotted name; "" in it is none. Flask-Login has
	// blueprint_login_views.
	Views map[string]string
	// Message is flashed for those who are sent to View. The default is "Please log in to access this page."
	Message string
	// RefreshView is where users are sent whose login is not fresh, in the forms of View. Without one they are answered with
	// 401.
	RefreshView string
	// RefreshMessage is flashed for those who are sent there. The default is "Please reauthenticate to access this page."
	RefreshMessage string
	// MessageCategory and RefreshCategory are the categories of the two. The default is message.
	MessageCategory, RefreshCategory string
	// Silent flashes neither of the two: login_message = None in Flask-Login.
	Silent bool
	// Localize translates the two, if set. Flask-Login has localize_callback.
	Localize func(c *dewar.Context, message string) string

	// OnUnauthorized and OnNeedsRefresh answer in place of what [Manager.Unauthorized] and [Manager.NeedsRefresh] do, if set.
	OnUnauthorized, OnNeedsRefresh dewar.Handler

	// Protection is what becomes of a session that comes from another address or browser than it was begun with. With "basic",
	// the default, its login is not fresh any more; with "strong" it is logged out, unless the session is permanent, where
	// strong is basic; with "none" nothing. SESSION_PROTECTION goes before it, where that is set; None in a config.py is "none".
	Protection string
	// Identifier tells browsers apart. The default writes what Flask-Login 0.6 does, [Identifier06], and accepts [Identifier07]
	// too. It must be that of the Python half, or logins lose their freshness when they change sides.
	Identifier func(c *dewar.Context) string
	// Anonymous is the current_user of templates while nobody is logged in. The default is an [AnonymousUser].
	Anonymous User

	// Signals, as in Flask-Login. They may be connected to at any time. UserAccessed is sent when a request first asks for its
	// user, SessionProtected when Protection had something to do.
	UserLoggedIn, UserLoggedOut, UserLoadedFromCookie, UserLoadedFromRequest               dewar.Signal[Event[U]]
	UserLoginConfirmed, UserUnauthorized, UserNeedsRefresh, UserAccessed, SessionProtected dewar.Signal[*dewar.Context]

	mu     sync.Mutex // over the making of visits
	visits *dewar.Key[*visit[U]]
}

// An Event is what the receivers of a signal about a user get.
type Event[U any] struct {
	Context *dewar.Context
	User    U // the zero U when nobody was logged in
}

// Format prints the request alone.
func (e Event[U]) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, e.Context) }

// Logger returns the Logger of the request.
func (e Event[U]) Logger() *slog.Logger { return e.Context.Logger() }

// A visit is what is known of the user of one request.
type visit[U any] struct {
	busy  chan struct{} // full while somebody loads or sets the user
	known bool
	user  U
	err   error
}

// once loads the user unless that has been done, and returns the signals that are to be sent then.
func (v *visit[U]) once(c *dewar.Context, load func(events *[]func()) (U, error)) (user U, events []func(), err error) {
	if err := v.lock(c); err != nil {
		return user, nil, err
	}
	defer v.unlock()
	if !v.known {
		v.user, v.err = load(&events)
		v.known = true
	}
	return v.user, events, v.err
}

// lock waits while another goroutine loads the user, at most as long as the request lasts. It is an error to be called by what
// loads him, which would wait for itself; in a goroutine of its own that is not seen, and the wait ends with the request.
func (v *visit[U]) lock(c *dewar.Context) error {
	select {
	case v.busy <- struct{}{}:
		return nil
	default:
	}
	if isLoading() {
		return errAsksItself
	}
	select {
	case v.busy <- struct{}{}:
		return nil
	case <-c.Done():
		return fmt.Errorf("login: waiting for the user to be loaded: %w", context.Cause(c))
	}
}

func (v *visit[U]) unlock() { <-v.busy }

var errAsksItself = errors.New("login: the user was asked for while he was being loaded; inside Load, LoadFromRequest and Identifier use the id, the request and what stands in your database, and call Login in a view or a hook")

// isLoading reports whether the caller was called by what loads a user.
func isLoading() bool {
	callers := make([]uintptr, 1000)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.Function, "contrib/login.(*Manager[") && strings.HasSuffix(frame.Function, ").load") {
			return true
		}
		if !more {
			return false
		}
	}
}

// Init binds the Manager to app: it declares the settings, gives templates current_user, and sets and deletes the remember
// cookie behind the views. It panics on a Manager that lacks Load or ID, and when app has a Manager already.
//
// In html/template current_user is written {{if current_user.IsAuthenticated}}{{current_user.Name}}{{end}}, in Jinja
// {% if current_user.is_authenticated %}{{ current_user.name }}{% endif %}. Only a template that asks for it needs the
// session.
func (m *Manager[U]) Init(app *dewar.App) {
	if problem := m.incomplete(); problem != "" {
		panic("login: Init: " + problem)
	}
	if err := declare(app.Config); err != nil {
		panic(fmt.Sprintf("login: Init: %v; call Init once for each App, and load the configuration with values that fit", err))
	}
	m.mu.Lock()
	if m.visits == nil {
		m.visits = dewar.NewKey[*visit[U]]("_login_user")
	}
	m.mu.Unlock()
	app.AfterRequest(m.remember)
	app.OnStart(startCheck(app.Config))
	app.TemplateFunc("current_user", dewar.TemplateGlobal(m.templateUser))
}

// incomplete says what is missing, and what to write.
func (m *Manager[U]) incomplete() string {
	switch {
	case m.Load == nil && m.LoadFromRequest == nil:
		return "the Manager has neither Load nor LoadFromRequest; set Load to a func(c *dewar.Context, id string) (U, error) that finds a user"
	case m.Load != nil && m.ID == nil:
		return "the Manager has no ID; set it to a func(u U) string whose result Load finds the user by"
	}
	return ""
}

// templateUser is current_user.
func (m *Manager[U]) templateUser(c *dewar.Context) (any, error) {
	user, err := m.Current(c)
	switch {
	case err != nil:
		return nil, err
	case user != *new(U):
		return user, nil
	case m.Anonymous != nil:
		return m.Anonymous, nil
	}
	return AnonymousUser{}, nil
}

// Current returns who is logged in, and the zero U, without an error, when nobody is: a visitor, or a user who is not
// active. The error is that of Load, or of a session that cannot be read; return it from the view. The first call of
// a request loads the user, for all later ones. Outside of a request nobody is logged in.
func (m *Manager[U]) Current(c *dewar.Context) (U, error) {
	user, err := m.loaded(c)
	if user == *new(U) || !user.IsAuthenticated() || !user.IsActive() {
		user = *new(U)
	}
	return user, err
}

// MustCurrent returns who is logged in, for views behind [Manager.Required]. It panics when nobody is, which LOGIN_DISABLED
// makes possible, and with the error of [Manager.Current].
func (m *Manager[U]) MustCurrent(c *dewar.Context) U {
	user, err := m.Current(c)
	if err != nil {
		panic(err)
	}
	if user == *new(U) {
		panic(fmt.Sprintf("login: MustCurrent: nobody is logged in at %s; register the route with dewar.Before(users.Required), or use Current", c.Endpoint()))
	}
	return user
}

// loaded returns the user of the session, active or not.
func (m *Manager[U]) loaded(c *dewar.Context) (U, error) {
	user, events, err := m.visit(c).once(c, func(events *[]func()) (U, error) { return m.load(c, events) })
	for _, send := range events { // receivers may ask the Manager
		send()
	}
	return user, err
}

// visit returns what is known of the user of a request.
func (m *Manager[U]) visit(c *dewar.Context) *visit[U] {
	if m.visits == nil {
		panic("login: the Manager belongs to no App; call its method Init with the App first")
	}
	if v, ok := m.visits.Lookup(c); ok {
		return v
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.visits.Lookup(c)
	if !ok {
		v = &visit[U]{busy: make(chan struct{}, 1)}
		m.visits.Set(c, v)
	}
	return v
}

// become makes user the one of the request, without asking Load.
func (m *Manager[U]) become(c *dewar.Context, user U) error {
	v := m.visit(c)
	if err := v.lock(c); err != nil {
		return err
	}
	defer v.unlock()
	v.known, v.user, v.err = true, user, nil
	return nil
}

// load finds the user of a request: in the session, in the remember cookie, in the request.
func (m *Manager[U]) load(c *dewar.Context, events *[]func()) (user U, err error) {
	*events = append(*events, func() { m.UserAccessed.Send(c) })
	s := c.Session()
	if err := s.Err(); err != nil {
		return user, fmt.Errorf("login: %w", err)
	}
	if !m.protect(c, s, events) {
		return user, nil
	}
	if s.Has(userKey) && m.Load != nil {
		user, err = m.find(c, s.String(userKey))
	}
	if err != nil || user != *new(U) {
		return user, err
	}
	name := c.Config().String("REMEMBER_COOKIE_NAME")
	switch {
	case c.Cookies().Has(name) && s.String(rememberKey) != clearCookie:
		return m.loadFromCookie(c, s, c.Cookie(name), events)
	case m.LoadFromRequest != nil:
		return m.loadFromRequest(c, events)
	}
	return user, nil
}

func (m *Manager[U]) find(c *dewar.Context, id string) (U, error) {
	user, err := m.Load(c, id)
	if err != nil {
		return *new(U), fmt.Errorf("login: load the user: %w", err)
	}
	return user, nil
}

// loadFromCookie begins the session of a user who is remembered. It is not fresh.
func (m *Manager[U]) loadFromCookie(c *dewar.Context, s *dewar.Session, cookie string, events *[]func()) (U, error) {
	id, ok := DecodeCookie(cookie, secrets(c.Config())...)
	if !ok || m.Load == nil {
		return *new(U), nil
	}
	user, err := m.find(c, id)
	if err != nil || user == *new(U) {
		return user, err
	}
	s.Set(userKey, id)
	s.Set(freshKey, false)
	s.Set(identifierKey, m.identify(c))
	s.Renew()
	*events = append(*events, func() { m.UserLoadedFromCookie.Send(Event[U]{c, user}) })
	return user, nil
}

func (m *Manager[U]) loadFromRequest(c *dewar.Context, events *[]func()) (U, error) {
	user, err := m.LoadFromRequest(c)
	if err != nil {
		return *new(U), fmt.Errorf("login: load the user from the request: %w", err)
	}
	if user != *new(U) {
		*events = append(*events, func() { m.UserLoadedFromRequest.Send(Event[U]{c, user}) })
	}
	return user, nil
}

// startCheck says at the start what in the configuration would be wrong at the first login.
func startCheck(config *dewar.Config) func(context.Context) error {
	return func(context.Context) error {
		_, sameSite := sameSiteOf(config.String("REMEMBER_COOKIE_SAMESITE"))
		var protection error
		if mode, ok := config.Lookup("SESSION_PROTECTION"); ok && mode != false && !knownMode(config.String("SESSION_PROTECTION")) {
			protection = fmt.Errorf("login: SESSION_PROTECTION is %q; set it to basic, strong or none", config.String("SESSION_PROTECTION"))
		}
		return errors.Join(sameSite, protection)
	}
}

func knownMode(mode string) bool {
	switch mode {
	case "", basic, strong:
		return true
	}
	return strings.EqualFold(mode, "none")
}
