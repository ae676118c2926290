package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"hash"
	"html/template"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/internal/cookiecodec"
	"github.com/dewar-go/dewar/internal/sessiondata"
	"github.com/dewar-go/dewar/internal/taggedjson"
)

// SecureCookieSessionInterface keeps the session in a signed cookie; it is the default, as in Flask. The
// cookie can be read by its owner, but not changed; SESSION_COOKIE_ENCRYPT makes it unreadable as well. It
// needs a SECRET_KEY. The keys of SECRET_KEY_FALLBACKS are accepted too, and what they signed is signed anew
// when it is used. A cookie that is not valid, whatever is wrong with it, is no session. One that a key has signed and
// that cannot be read all the same, as with a tag that is missing here, is not overwritten; see
// [StoredSession.MarkUnreadable].
//
// A cookie that has been copied stays valid until it expires, also after a logout: what ends it earlier is
// SESSION_ABSOLUTE_LIFETIME, which no refreshing moves, and Epoch. Of two requests that change the session at
// once the later answer counts.
//
// The format is dewar's own, compressed when that helps a session of more than 1 kB; package flaskcookie reads
// and writes that of Flask. The zero value is ready for use. The fields are read when the App is built and must
// not be changed after that.
type SecureCookieSessionInterface struct {
	// Tags add types that sessions can keep, tried in this order. A tag that is not valid makes Build fail.
	Tags []SessionTag
	// Epoch, if set, makes sessions revocable: it returns a number that the application keeps for the user of s,
	// beginning with 0, and raises to log the user out everywhere; 0 for a session without a user. The number is kept
	// in the cookie when a session is new, cleared or renewed, so a login must call [Session.Renew] or [Session.Clear].
	// A session whose number is smaller than what Epoch returns when it is opened is no session any more. One whose
	// number is raised while its request runs stays behind, also when that calls Renew: whoever raises it and wants to
	// stay logged in must Clear the session and fill it again.
	//
	// It is called for every session that is opened and not empty, and once or twice more when it is saved with a change,
	// so it should be quick. It must read from s, not from c.Session(), and must not change s. An error ends the request
	// in 503.
	Epoch func(c *Context, s *Session) (int64, error)

	codec atomic.Pointer[taggedjson.Codec] // with Tags; made by CheckConfig

	mac func(key []byte) hash.Hash // in tests another MAC than securecookie's
}

var (
	_ SessionInterface     = (*SecureCookieSessionInterface)(nil)
	_ SessionConfigChecker = (*SecureCookieSessionInterface)(nil)
)

// CheckConfig says what is wrong with the fields, and whether the keys sign otherwise than gorilla/securecookie does.
// [App.Build] calls it.
func (i *SecureCookieSessionInterface) CheckConfig(config *Values) error {
	problems := []error{i.prepare()}
	secrets := append([]string{config.String("SECRET_KEY")}, config.Strings("SECRET_KEY_FALLBACKS")...)
	codec, err := newCookieCodec(secrets, cookiecodec.Options{MaxAge: time.Hour, Encrypt: config.Bool("SESSION_COOKIE_ENCRYPT"), MAC: i.mac})
	if err != nil { // there is no SECRET_KEY, and no session
		return problems[0]
	}
	for _, n := range codec.Differing() {
		name := "SECRET_KEY"
		if n > 0 {
			name = fmt.Sprintf("SECRET_KEY_FALLBACKS[%d]", n-1)
		}
		problems = append(problems, fmt.Errorf("%s signs session cookies differently from gorilla/securecookie, so that sessions would be lost; build with the version of securecookie that dewar's go.mod requires", name))
	}
	return errors.Join(problems...)
}

// prepare makes the codec of the Tags.
func (i *SecureCookieSessionInterface) prepare() error {
	codec, err := cookieCodec, error(nil)
	if len(i.Tags) > 0 {
		codec, err = newSessionCodec(cookieTypes, i.Tags)
	}
	if err == nil {
		i.codec.Store(codec)
	}
	return err
}

// OpenSession reads the session from the request's cookie. It returns nil without a SECRET_KEY.
func (i *SecureCookieSessionInterface) OpenSession(c *Context) (*Session, error) {
	codec := c.settings.cookieCodec()
	if codec == nil {
		return nil, nil
	}
	if i.codec.Load() == nil { // CheckConfig was not called
		if err := i.prepare(); err != nil {
			return nil, err
		}
	}
	s := c.makeSession(i.codec.Load())
	value := c.sessionCookie()
	if value == "" || !s.load(c, codec, value) {
		return s, nil
	}
	if i.Epoch != nil && s.Len() > 0 {
		return i.openAt(c, s)
	}
	return s, nil
}

// An opening is a session as it was opened, and what Epoch said of it.
type opening struct {
	values []byte
	epoch  int64
}

// openAt returns s, or a new session if the user of s has been logged out everywhere since s began.
func (i *SecureCookieSessionInterface) openAt(c *Context, s *Session) (*Session, error) {
	epoch, err := i.Epoch(c, s)
	if err != nil {
		return nil, err
	}
	if s.seal.Epoch < epoch {
		c.Logger().Debug("session revoked; a login must call Renew or Clear", "sessionEpoch", s.seal.Epoch, "userEpoch", epoch)
		return makeSession(i.codec.Load()), nil
	}
	values, err := s.bag.Encode()
	s.opening = &opening{values, epoch}
	return s, err
}

// load fills s with what is in a cookie. It reports false, and leaves s empty, if that is no session, or one that cannot
// be read.
func (s *Session) load(c *Context, codec *cookiecodec.Codec, value string) bool {
	cookie, err := codec.Decode(c.settings.cookie.name, value)
	if err != nil {
		return false
	}
	seal, json, err := codec.Unpack(cookie.Payload)
	if err == nil && c.settings.outlived(seal) {
		return false
	}
	if limit := c.settings.maxCookie; err == nil && limit > 0 && len(value) > limit {
		err = fmt.Errorf("it has %d bytes, MAX_COOKIE_SIZE is %d", len(value), limit)
	}
	if err == nil {
		err = s.bag.Open(json)
	}
	if err != nil {
		Stored(s).MarkUnreadable(err)
		return false
	}
	stale := cookie.Key > 0
	if c.settings.absolute > 0 && seal.Created == 0 { // from before it was set
		seal.Created, stale = time.Now().Unix(), true
	}
	if stale {
		s.bag.Note(sessiondata.Stale)
	}
	s.seal = seal
	s.expires.Store(c.settings.end(cookie.SignedAt, c.settings.lifetime, seal))
	return true
}

// SaveSession sets the session's cookie, or deletes it when the session has been emptied. A cookie larger than
// MAX_COOKIE_SIZE, which browsers would drop, is an error that names the largest values; the old cookie stays.
func (i *SecureCookieSessionInterface) SaveSession(c *Context, s *Session) error {
	if !Stored(s).ShouldSave() {
		return nil
	}
	if s.Len() == 0 {
		return SetSessionCookie(c, s, "")
	}
	if err := i.stamp(c, s); err != nil {
		return err
	}
	line, err := c.sealSession(s, time.Now().Unix())
	if err != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: err}
	}
	return sendSessionCookie(c, s, line)
}

// A cookieRoom is where the cookie of a session is written.
type cookieRoom struct{ json, line []byte }

// maxCookieRoom is how much of it is kept for the next session: more than browsers take of a cookie.
const maxCookieRoom = 16 << 10

var cookieRooms = sync.Pool{New: func() any { return new(cookieRoom) }}

// sealSession returns the Set-Cookie line for a session that is saved now.
func (c *Context) sealSession(s *Session, now int64) (line string, err error) {
	room := cookieRooms.Get().(*cookieRoom)
	defer func() {
		if cap(room.json)+cap(room.line) <= maxCookieRoom {
			cookieRooms.Put(room)
		}
	}()
	if room.json, err = s.bag.AppendEncode(room.json[:0]); err != nil {
		return "", ofSession(err)
	}
	codec, cookie := c.settings.cookieCodec(), &c.settings.cookie
	b := append(append(room.line[:0], cookie.name...), '=')
	if b, err = codec.AppendEncode(b, cookie.name, codec.Pack(s.seal, room.json), now); err != nil {
		return "", err
	}
	lifetime := c.settings.lifetimeOf(s)
	s.expires.Store(c.settings.end(now, min(lifetime, c.settings.lifetime), s.seal)) // no longer than the signature
	var expires int64
	if s.Permanent() {
		expires = c.settings.end(now, lifetime, s.seal)
	}
	room.line = cookie.appendAttributes(b, expires) // base64 needs no quotes
	return string(room.line), nil
}

// appendAttributes appends what stands behind the value of the session cookie, with Expires unless that is 0.
func (k *cookieSettings) appendAttributes(dst []byte, expires int64) []byte {
	if expires == 0 {
		return append(dst, k.attributes...)
	}
	dst = append(append(dst, k.attributes[:k.expiresAt]...), "; Expires="...)
	dst = time.Unix(expires, 0).UTC().AppendFormat(dst, http.TimeFormat)
	return append(dst, k.attributes[k.expiresAt:]...)
}

// stamp brings the seal of s up to date: a session that is new or was cleared begins now, and one that was
// renewed belongs to the user it has now.
func (i *SecureCookieSessionInterface) stamp(c *Context, s *Session) (err error) {
	marks := s.bag.Marks()
	fresh := marks&(sessiondata.New|sessiondata.Cleared) != 0
	switch {
	case c.settings.absolute == 0:
		s.seal.Created = 0
	case fresh || s.seal.Created == 0:
		s.seal.Created = time.Now().Unix()
	}
	switch {
	case i.Epoch == nil:
		s.seal.Epoch = 0
	case fresh:
		s.seal.Epoch, err = i.Epoch(c, s)
	case marks&sessiondata.Renewed != 0:
		s.seal.Epoch, err = i.renewedEpoch(c, s)
	case marks&sessiondata.Modified != 0: // a refresh has just been checked, when the session was opened
		err = i.warnOfEpoch(c, s)
	}
	return err
}

// renewedEpoch returns the epoch of the user that a renewed session has now. If the user it was opened with has been
// logged out everywhere meanwhile, it is the one of then, so that the session ends as well.
func (i *SecureCookieSessionInterface) renewedEpoch(c *Context, s *Session) (int64, error) {
	epoch, err := i.Epoch(c, s)
	if err != nil || s.opening == nil || epoch == s.opening.epoch {
		return epoch, err
	}
	before := makeSession(i.codec.Load())
	if err := before.bag.Open(string(s.opening.values)); err != nil {
		return 0, err
	}
	raised, err := i.Epoch(c, before)
	if err != nil || raised <= s.opening.epoch {
		return epoch, err
	}
	c.Logger().Info("session revoked while it was renewed; to stay logged in, Clear the session and fill it again",
		"sessionEpoch", s.opening.epoch, "userEpoch", raised)
	return s.opening.epoch, nil
}

// warnOfEpoch tells of a session that will be refused when it comes back, which a login that forgot to renew it does.
func (i *SecureCookieSessionInterface) warnOfEpoch(c *Context, s *Session) error {
	epoch, err := i.Epoch(c, s)
	if err == nil && s.seal.Epoch < epoch {
		c.Logger().Error("session saved in vain: it is older than the Epoch of its user and will be refused; call c.Session().Renew() where the user logs in",
			"sessionEpoch", s.seal.Epoch, "userEpoch", epoch)
	}
	return err
}

// SetSessionCookie sends the cookie for s with the given value, every SESSION_COOKIE key applied: with Expires when s
// is permanent, and one that deletes it when value is "". Functions given as change have the last word on the cookie,
// for example to give it another Name. The cookie leaves with the header, and once: of several calls for one name the
// last counts.
//
// It is for backends. A cookie larger than MAX_COOKIE_SIZE, which browsers would drop, is an error that names the
// largest values of s; so are a value with characters that no cookie may have and a response that has begun.
func SetSessionCookie(c *Context, s *Session, value string, change ...func(cookie *http.Cookie)) error {
	cookie := c.settings.cookie.with(value)
	switch {
	case value == "":
		cookie.MaxAge, cookie.Expires = -1, time.Unix(0, 0).UTC()
	case s.Permanent():
		cookie.Expires = time.Unix(c.settings.end(time.Now().Unix(), c.settings.lifetimeOf(s), s.seal), 0).UTC()
	}
	for _, f := range change {
		f(cookie)
	}
	if cookie.Valid() != nil {
		return &HTTPError{Code: http.StatusInternalServerError, Err: fmt.Errorf(
			"dewar: cookie %q cannot be set: its name, value, path or domain has a character that is not allowed there", cookie.Name)}
	}
	return sendSessionCookie(c, s, cookie.String())
}

// DropSessionCookie takes back what SetSessionCookie was given in this request: no cookie of a session is set or deleted,
// unless it is called again. It is for backends that find out only then that another request has been faster.
func DropSessionCookie(c *Context) { c.requestSession().cookies = nil }

// sendSessionCookie has a Set-Cookie line sent.
func sendSessionCookie(c *Context, s *Session, line string) error {
	if limit := c.settings.maxCookie; limit > 0 && len(line) > limit {
		var largest []string
		for _, m := range s.bag.Largest(3) {
			largest = append(largest, fmt.Sprintf("%q with %d bytes", m.Key, len(m.Raw)))
		}
		return &HTTPError{Code: http.StatusInternalServerError, Err: fmt.Errorf(
			"the session cookie would have %d bytes, MAX_COOKIE_SIZE is %d; keep less in the session (largest: %s), or set app.SessionInterface to one that keeps it on the server",
			len(line), limit, strings.Join(largest, ", "))}
	}
	if c.response.Committed() {
		return c.response.lateError("no cookie can be set")
	}
	c.requestSession().addCookie(line)
	return nil
}

// lifetimeOf returns how long s lives when it is not used.
func (s *settings) lifetimeOf(session *Session) time.Duration {
	return cmp.Or(time.Duration(session.lifetime.Load()), s.lifetime)
}

// outlived reports whether the absolute lifetime of a session is over.
func (s *settings) outlived(seal cookiecodec.Seal) bool {
	return s.absolute > 0 && seal.Created != 0 && time.Now().After(time.Unix(seal.Created, 0).Add(s.absolute))
}

// end returns when a session that was last saved at the given second ends, in seconds since 1970.
func (s *settings) end(saved int64, lifetime time.Duration, seal cookiecodec.Seal) int64 {
	end := saved + int64(lifetime/time.Second)
	if s.absolute > 0 && seal.Created != 0 {
		return min(end, seal.Created+int64(s.absolute/time.Second))
	}
	return end
}

// cookieCodec returns the codec for the configured keys, or nil without a SECRET_KEY.
func (s *settings) cookieCodec() *cookiecodec.Codec {
	s.codecOnce.Do(func() {
		secrets := append([]string{s.secretKey()}, s.fallbackKeys()...)
		s.codec, _ = newCookieCodec(secrets, cookiecodec.Options{MaxAge: s.lifetime, Encrypt: s.encrypt})
	})
	return s.codec
}

// newCookieCodec returns a codec for session cookies. It fails if the first secret is empty.
func newCookieCodec(secrets []string, o cookiecodec.Options) (*cookiecodec.Codec, error) {
	o.Purpose, o.Secrets = "session", secrets
	return cookiecodec.New(o)
}

func (k *cookieSettings) with(value string) *http.Cookie {
	return &http.Cookie{
		Name: k.name, Value: value, Domain: k.domain, Path: k.path, HttpOnly: k.httpOnly, Secure: k.secure,
		SameSite: k.sameSite, Partitioned: k.partitioned,
	}
}

// cookieError says, for Build, why the session cookie could not be set, or browsers would drop it because its name has a
// prefix that promises more than its attributes hold. They take no heed of case.
func cookieError(k *cookieSettings) error {
	var problems []error
	if err := k.with("").Valid(); err != nil {
		problems = append(problems, fmt.Errorf("the session cookie cannot be set: %w; see SESSION_COOKIE_DOMAIN, SESSION_COOKIE_PATH and APPLICATION_ROOT", err))
	}
	name := strings.ToLower(k.name)
	host := strings.HasPrefix(name, "__host-")
	if (host || strings.HasPrefix(name, "__secure-")) && !k.secure {
		problems = append(problems, fmt.Errorf("SESSION_COOKIE_NAME %q needs SESSION_COOKIE_SECURE, or browsers drop the cookie; set it, or choose a name without the prefix", k.name))
	}
	if host && k.domain != "" {
		problems = append(problems, fmt.Errorf("SESSION_COOKIE_NAME %q allows no SESSION_COOKIE_DOMAIN, or browsers drop the cookie; unset it, or begin the name with __Secure-", k.name))
	}
	if host && k.path != "/" {
		problems = append(problems, fmt.Errorf("SESSION_COOKIE_NAME %q needs the path /, or browsers drop the cookie; set SESSION_COOKIE_PATH to \"/\", or begin the name with __Secure-", k.name))
	}
	return errors.Join(problems...)
}

// SessionCookieValue returns the value of the request's session cookie, without quotes around it, or "". Of several
// cookies with that name the first counts, as in Flask, also when it has characters that no cookie may have: then
// there is none.
func SessionCookieValue(c *Context) string {
	value := c.sessionCookie()
	if !cookiecodec.Allowed(value) {
		return ""
	}
	return value
}

// sessionCookie returns the value of the session cookie, whatever characters it has.
func (c *Context) sessionCookie() string {
	return c.currentCookie()
}

// A SessionTag teaches the sessions of a [SecureCookieSessionInterface] to keep values of one more type, as a
// JSONTag does in Flask. The functions must be safe for concurrent use, and must not touch the session.
type SessionTag struct {
	// Key marks such values in the cookie. It begins with a space and must not end in "__"; Flask's own are
	// " di", " t", " b", " m", " u" and " d".
	Key string
	// Check reports whether the tag is for v.
	Check func(v any) bool
	// Encode returns what to keep for v: anything that a session can keep, but not v itself.
	Encode func(v any) (any, error)
	// Decode gets back what Encode returned, as [Values.Get] would return it, and returns the value.
	Decode func(v any) (any, error)
}

// What stands for Flask's types: in sessions that Python may have written, and in those of dewar's own cookies, where it
// has not.
var (
	cookieTypes  = taggedjson.Types{Tuple: reflect.TypeFor[Tuple](), UUID: reflect.TypeFor[UUID](), Markup: reflect.TypeFor[template.HTML]()}
	sessionTypes = taggedjson.Types{Tuple: cookieTypes.Tuple, UUID: cookieTypes.UUID, Markup: cookieTypes.Markup, Python: true}
)

// The codecs of sessions without tags of their own.
var (
	cookieCodec  = mustCodec(cookieTypes)
	sessionCodec = mustCodec(sessionTypes)
)

func mustCodec(types taggedjson.Types) *taggedjson.Codec {
	codec, err := newSessionCodec(types, nil)
	if err != nil {
		panic(err)
	}
	return codec
}

// TaggedSessions returns a function that makes empty sessions as [NewSession] does, which keep the types of tags as well:
// for a [SessionInterface] with tags of its own. A tag that is not valid is an error.
func TaggedSessions(tags ...SessionTag) (newSession func() *Session, err error) {
	codec, err := newSessionCodec(sessionTypes, tags)
	if err != nil {
		return nil, fmt.Errorf("dewar: %w", err)
	}
	return func() *Session { return makeSession(codec) }, nil
}

// newSessionCodec returns a codec with tags, which are tried in their order and before Flask's own.
func newSessionCodec(types taggedjson.Types, tags []SessionTag) (*taggedjson.Codec, error) {
	own := make([]taggedjson.Tag, len(tags))
	for i, tag := range tags {
		own[i] = taggedjson.Tag(tag)
	}
	codec, err := taggedjson.New(types, own...)
	if err != nil {
		return nil, fmt.Errorf("session %w", err)
	}
	return codec, nil
}
