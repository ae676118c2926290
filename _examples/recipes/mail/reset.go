package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
	"github.com/dewar-go/dewar/forms"
)

// accounts are the hashes of passwords by address. In a real program they are in a database.
type accounts struct {
	mu     sync.Mutex
	hashes map[string]string
}

func (a *accounts) exists(email string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.hashes[email]
	return ok
}

// hash returns the hash of an account, or "", which is nobody's.
func (a *accounts) hash(email string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.hashes[email]
}

// replace sets another hash if the old one is still there. Of two who use one link at once, one is too late.
func (a *accounts) replace(email, old, hash string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	current, ok := a.hashes[email]
	if !ok || current != old {
		return false
	}
	a.hashes[email] = hash
	return true
}

// A link is what its token says: whose password it is, and which one was forgotten. Once there is another, the link is worth nothing.
type link struct {
	Email string `json:"email"`
	Old   string `json:"old"`
}

const linkLasts = time.Hour

// fingerprint tells one hash from another and nothing else: a token can be read by whoever has it.
func fingerprint(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return hex.EncodeToString(sum[:8])
}

// sendLink mails a link to the owner of an account. For an address that has none it does nothing.
func (s *site) sendLink(ctx context.Context, email string) error {
	if !s.accounts.exists(email) {
		return nil
	}
	token, err := s.links.Dumps(link{email, fingerprint(s.accounts.hash(email))})
	if err != nil {
		return err
	}
	url, err := s.app.URLFor("reset", "token", token, dewar.External()) // outside of a request: with SERVER_NAME
	if err != nil {
		return err
	}
	text, err := s.app.RenderString(ctx, "mail/reset.txt", dewar.Map{"url": url})
	if err != nil {
		return err
	}
	return s.mail.send(ctx, email, "Choose another password", text)
}

type resetForm struct {
	forms.Form
	Password string       `form:"password" label:"New password" input:"password" required:"true" minlength:"8"`
	Submit   forms.Button `form:"submit" label:"Take it"`
}

func (s *site) reset(c *dewar.Context) error {
	var to link
	if err := s.links.Loads(c.Params().String("token"), &to, itsdangerous.MaxAge(linkLasts)); err != nil {
		return errUseless
	}
	old := s.accounts.hash(to.Email)
	if fingerprint(old) != to.Old {
		return errUseless
	}
	var f resetForm
	ok, err := forms.ValidateOnSubmit(c, &f)
	if err != nil {
		return err
	}
	if !ok {
		return c.Render("form.html", dewar.Map{"title": "Choose another password", "form": &f})
	}
	hash, err := s.passwords.Hash(c, f.Password)
	if err != nil {
		return err
	}
	if !s.accounts.replace(to.Email, old, hash) {
		return errUseless
	}
	return c.Text("You can log in with your new password now.\n")
}

// errUseless is the answer to every link that does not work, whatever is wrong with it.
var errUseless = dewar.Abortf(400, "This link has expired, or was used. Ask for another one.")
