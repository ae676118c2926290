// Mail sends a link by which somebody who has forgotten a password chooses another, with github.com/wneessen/go-mail. The link is a signed
// token of contrib/itsdangerous: it works for an hour and once. The mail leaves while the answer has gone already, so that nobody waits,
// and nobody learns from the time whether there is such an account.
//
// Run it in the folder _examples/recipes/mail, beside a mail server for development such as mailpit, and open http://127.0.0.1:5000/forgot:
//
//	FLASK_SECRET_KEY=dev FLASK_MAIL_PORT=1025 FLASK_MAIL_USE_TLS=false go run .
//	curl http://127.0.0.1:5000/forgot -d email=ann@example.com
//
// The settings are those of Flask-Mail. SERVER_NAME is the host of the links, which must not be what a request claims. What must not get
// lost when the mail server is down for a day belongs into a queue: see the recipe jobs. How often one may ask: the recipe ratelimit.
package main

import (
	"context"
	"embed"
	"errors"
	"log"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
	"github.com/dewar-go/dewar/contrib/password"
	"github.com/dewar-go/dewar/forms"
)

//go:embed templates
var files embed.FS

func main() {
	app, err := newApp(nil)
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// A site is the application with its parts.
type site struct {
	app       *dewar.App
	accounts  *accounts
	passwords *password.Hasher
	links     *itsdangerous.URLSafeTimedSerializer
	mail      *postOffice
}

// newApp returns the site. The settings are over those of the environment.
func newApp(settings dewar.Map) (*dewar.App, error) {
	app := dewar.New("mail", dewar.FS(files))
	defaults := dewar.Map{"SERVER_NAME": "127.0.0.1:5000", "PASSWORD_METHOD": password.DefaultMethod}
	if err := errors.Join(declareMail(app), app.Config.FromMapping(defaults), app.Config.FromPrefixedEnv(), app.Config.FromMapping(settings)); err != nil {
		return nil, err
	}
	keys := itsdangerous.Keys(app.Config.String("SECRET_KEY"), app.Config.Strings("SECRET_KEY_FALLBACKS")...)
	links, err := itsdangerous.NewURLSafeTimedSerializer(keys, itsdangerous.Options{Salt: "password-reset"})
	if err != nil {
		return nil, err
	}
	mail, err := newPostOffice(app)
	if err != nil {
		return nil, err
	}
	passwords := &password.Hasher{Method: app.Config.String("PASSWORD_METHOD")}
	s := &site{app, &accounts{hashes: map[string]string{"ann@example.com": ""}}, passwords, links, mail} // nobody knows Ann's
	app.Route("/forgot", s.forgot, dewar.Methods("GET", "POST"), dewar.Endpoint("forgot"))
	app.Route("/reset/{token}", s.reset, dewar.Methods("GET", "POST"), dewar.Endpoint("reset"), dewar.Private("token")) // not in the log
	app.Post("/login", s.login)
	return app, nil
}

// forgot answers the same to everybody, and finds out afterwards whether there is anything to send.
func (s *site) forgot(c *dewar.Context) error {
	var f forgotForm
	ok, err := forms.ValidateOnSubmit(c, &f)
	if err != nil {
		return err
	}
	if !ok {
		return c.Render("form.html", dewar.Map{"title": "Forgotten?", "form": &f})
	}
	log := c.Logger()
	c.Go(func(ctx context.Context) { // the App waits for it when it stops
		if err := s.sendLink(ctx, f.Email); err != nil {
			log.Error("send the link", "err", err)
		}
	})
	return c.Render("sent.html", nil)
}

type forgotForm struct {
	forms.Form
	Email  string       `form:"email" label:"Email" required:"true" format:"email"`
	Submit forms.Button `form:"submit" label:"Send me a link"`
}

func (s *site) login(c *dewar.Context) error {
	email := c.Form().String("email")
	ok, err := s.passwords.Check(c, s.accounts.hash(email), c.Form().String("password"))
	if err != nil {
		return err
	}
	if !ok {
		return dewar.Abortf(401, "Unknown address or wrong password.")
	}
	c.Session().Clear()
	c.Session().Renew()
	c.Session().Set("email", email)
	return c.Text("Welcome!\n")
}
