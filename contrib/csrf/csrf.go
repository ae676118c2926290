// Package csrf makes and checks the CSRF tokens of Flask-WTF. A form that Go renders is accepted by Python and the
// reverse, where both share the session, as with package flaskcookie.
//
//	csrf.Protect(app)   // CSRFProtect(app)
//
// dewar refuses requests from other sites without any token. This package is for a site whose other half is Flask, and for
// clients that cannot be trusted to send an Origin. Both checks stand on a route: dewar's comes first, and
// [dewar.CrossOriginExempt] and [Exempt] each lift one of them.
//
// # Settings
//
// They are those of Flask-WTF, with its defaults: WTF_CSRF_ENABLED (true), WTF_CSRF_CHECK_DEFAULT (true), WTF_CSRF_METHODS
// (POST, PUT, PATCH, DELETE), WTF_CSRF_FIELD_NAME (csrf_token), WTF_CSRF_HEADERS (X-CSRFToken, X-CSRF-Token),
// WTF_CSRF_META_NAME (csrf-token), WTF_CSRF_TIME_LIMIT (3600 seconds; None for as long as the session),
// WTF_CSRF_SSL_STRICT (true) and WTF_CSRF_SECRET_KEY (SECRET_KEY; of a list the last key signs). [Protect] declares them: a
// value that does not fit is an error where it is set, and one with which no form or every form would pass is an error of the start.
// Without a WTF_CSRF_SECRET_KEY tokens of SECRET_KEY_FALLBACKS are valid here, which Flask-WTF does not know.
//
// WTF_I18N_ENABLED and RECAPTCHA_* are Flask-WTF's too and not read: they are for forms, not for tokens.
package csrf

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/dewar-go/dewar"
)

// An Error is why a token was refused: a 400 whose Description is Flask-WTF's reason, such as "The CSRF token has
// expired." Answer it with dewar.HandleError(app, func(c *dewar.Context, err *csrf.Error) error {...}). Flask-WTF calls it
// CSRFError.
type Error struct{ *dewar.HTTPError }

func refused(reason string) error {
	return &Error{&dewar.HTTPError{Code: http.StatusBadRequest, Message: reason}}
}

var exempt = dewar.NewMeta[bool]("csrf.exempt")

// Exempt lets requests to a route, or to all routes of a blueprint, pass without a token. dewar's own check of their
// origin stays. Flask-WTF has csrf.exempt.
func Exempt() dewar.RoutingOption { return exempt.With(true) }

// Protect checks the token of every unsafe request that a route of app answers, before its view, and gives templates the
// functions csrf_token, which is [Token], csrf_field, which is [Field], and csrf_meta_tag, which is [MetaTag], and the forms of
// package forms the hidden input. Requests that no route answers, and those that App.Fallback serves, pass. Call it once, when the configuration is loaded, and before hooks
// that trust the request. It panics when it was called for app before, and with a setting that does not fit. Flask-WTF has CSRFProtect.
func Protect(app *dewar.App) {
	if err := declare(app.Config); err != nil {
		panic(fmt.Sprintf("csrf: Protect: %v; call Protect once for each App, and load the configuration with values that fit", err))
	}
	app.OnStart(startCheck(app.Config))
	app.TemplateFunc("csrf_token", Token)
	app.TemplateFunc("csrf_field", Field)
	app.TemplateFunc("csrf_meta_tag", MetaTag)
	app.HiddenFields = Field
	app.BeforeRequest(func(c *dewar.Context) error {
		route, matched := c.Route()
		if free, _ := exempt.Of(route); !matched || free || !flag(c, defaultKey) {
			return nil
		}
		return Check(c)
	})
}

// Check checks the token of a request whatever its route, as a hook of a single one: dewar.Before(csrf.Check), where
// WTF_CSRF_CHECK_DEFAULT is off or Protect was not called. It passes methods that are not in WTF_CSRF_METHODS, and all requests
// while WTF_CSRF_ENABLED is off, as a FlaskForm does. The error is an [*Error], or what was wrong with the body or the session.
// Flask-WTF has csrf.protect.
func Check(c *dewar.Context) error {
	if !flag(c, enabledKey) || !needsToken(c) {
		return nil
	}
	token := sent(c)
	if err := c.BodyError(); err != nil {
		return err
	}
	if err := Validate(c, token); err != nil {
		return err
	}
	if c.Scheme() != "https" || !flag(c, sslStrictKey) {
		return nil
	}
	return checkReferrer(c)
}

// checkReferrer refuses a page of another origin on a site of https, and one that does not tell.
func checkReferrer(c *dewar.Context) error {
	referrer := c.Request.Referer()
	if referrer == "" {
		return refused("The referrer header is missing.")
	}
	from, err := url.Parse(referrer)
	own, ownErr := url.Parse("https://" + c.Host() + "/")
	if err != nil || ownErr != nil || !sameOrigin(from, own) {
		return refused("The referrer does not match the host.")
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && hostname(a) == hostname(b) && port(a) == port(b)
}

func port(u *url.URL) int {
	n, err := strconv.Atoi(u.Port())
	if err != nil {
		return 0
	}
	return n
}
