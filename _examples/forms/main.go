// Forms shows a form that people fill in: errors beside their fields, what was typed shown again, checks of the program's own, and the
// pattern of post, redirect, get, so that a reload sends nothing twice.
//
//	FLASK_SECRET_KEY=dev go run ./forms
//
// Open http://127.0.0.1:5000/ and try the name root, a short password, two passwords that differ.
package main

import (
	"embed"
	"log"
	"slices"
	"sync"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/forms"
)

//go:embed templates
var files embed.FS

func main() {
	app, err := newApp()
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func newApp() (*dewar.App, error) {
	app := dewar.New("forms", dewar.FS(files))
	forms.Check(app, &JoinForm{})
	club := &club{}
	app.Route("/", club.join, dewar.Methods("GET", "POST"), dewar.Endpoint("join"))
	app.Get("/members", club.list, dewar.Endpoint("members"))
	return app, app.Config.FromPrefixedEnv()
}

// JoinForm is the form. Its tags say what is right, and what is shown.
type JoinForm struct {
	forms.Form
	Name     string       `form:"name" label:"Name" required:"true" minlength:"3" maxlength:"20" pattern:"[a-z]+" message.pattern:"A name has small letters alone."`
	Email    string       `form:"email" label:"Email" required:"true" format:"email" description:"Only for news of the club."`
	Password string       `form:"password" label:"Password" input:"password" required:"true" minlength:"8"`
	Again    string       `form:"again" label:"Password again" input:"password" required:"true" eqfield:"password" message.eqfield:"The passwords differ."`
	Sport    string       `form:"sport" label:"Sport"`
	Call     []Contact    `form:"call" label:"Whom to call in an emergency" maxitems:"3" rows:"2"`
	Rules    bool         `form:"rules" label:"I keep the rules" required:"true"`
	Submit   forms.Button `form:"submit" label:"Join"`
}

// A Contact is a row of the form, such as call[0].phone.
type Contact struct {
	Name  string `form:"name" label:"Name" maxlength:"20"`
	Phone string `form:"phone" label:"Phone" input:"tel" pattern:"[+0-9 ]+" message.pattern:"A number has digits and spaces."`
}

// A club keeps its members. Views run at once, so it has a lock; a database has its own.
type club struct {
	mu    sync.Mutex
	names []string
}

func (club *club) join(c *dewar.Context) error {
	var f JoinForm
	f.SetChoices("sport", forms.Choice{Value: "chess", Label: "Chess", Group: "On a board"}, forms.Choice{Value: "go", Label: "Go, what else", Group: "On a board"},
		forms.Choice{Value: "rowing", Label: "Rowing", Group: "On the water"})
	ok, err := forms.ValidateOnSubmit(c, &f)
	if err != nil {
		return err
	}
	if ok && !club.add(f.Name) {
		f.Fail("name", "%(name)s is a member already.", "name", f.Name)
		ok = false
	}
	if !ok {
		return c.Render("join.html", dewar.Map{"form": &f})
	}
	c.Flash("Welcome, " + f.Name + "!")
	return c.RedirectTo("members")
}

// add reports whether there was nobody of this name.
func (club *club) add(name string) bool {
	club.mu.Lock()
	defer club.mu.Unlock()
	if name == "root" || slices.Contains(club.names, name) {
		return false
	}
	club.names = append(club.names, name)
	return true
}

func (club *club) list(c *dewar.Context) error {
	club.mu.Lock()
	defer club.mu.Unlock()
	return c.Render("members.html", dewar.Map{"names": slices.Clone(club.names)})
}
