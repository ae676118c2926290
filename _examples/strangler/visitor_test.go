package main

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// A visitor does as it likes, and knows what must come of it: who it is, what it was told, what it has written.
type visitor struct {
	*browser
	board  *switchboard
	random *rand.Rand
	// standing is locked for reading while the visitor goes to a post that a page has named, and for writing while one is
	// deleted: a link that broke in between would be nobody's fault.
	standing *sync.RWMutex

	name       string // who is logged in, or ""
	remembered bool   // by a cookie that outlives the browser
	fresh      bool   // logged in in this session of the browser
	chosen     string // the language, or ""
	awaited    []string
	posts      map[string]*written
	tabs       []*form // opened some time ago, to be sent later
	done       map[string]int
}

// A written post is one that a visitor has published.
type written struct{ author, title, picture string }

// german is what the site says to those who have chosen German.
var german = map[string]string{
	"You are logged in.":                         "Sie sind angemeldet.",
	"You are logged out.":                        "Sie sind abgemeldet.",
	"Name and password do not match.":            "Name und Passwort passen nicht zusammen.",
	"Please reauthenticate to access this page.": "Bitte melden Sie sich noch einmal an, um diese Seite zu sehen.",
	"Please log in to access this page.":         "Bitte melden Sie sich an, um diese Seite zu sehen.",
	"Your post is published.":                    "Ihr Beitrag ist veröffentlicht.",
	"Your post is changed.":                      "Ihr Beitrag ist geändert.",
	"Your post is deleted.":                      "Ihr Beitrag ist gelöscht.",
	"This blog speaks English now.":              "Dieses Blog spricht jetzt Deutsch.",
	"A title is needed.":                         "Ein Titel fehlt.",
}

func (v *visitor) says(text string) string {
	if v.chosen == "de" {
		return german[text]
	}
	return text
}

// await has the next page show a message.
func (v *visitor) await(text string) { v.awaited = append(v.awaited, v.says(text)) }

// look compares a page of the site with what the visitor knows.
func (v *visitor) look() {
	switch status := v.page.status; {
	case v.page.method == "POST" && status == 400:
		v.fail("form refused")
	case status != 200:
		v.fail("broken link: %s is a %d", v.page.path, status)
	}
	if got := v.user(); got != v.name {
		v.fail("logged out: the page is for %q, the visitor is %q", got, v.name)
	}
	if got := v.flashes(); !slices.Equal(got, v.awaited) {
		v.fail("lost flash: got %q, want %q", got, v.awaited)
	}
	v.awaited = nil
	if language := cmp.Or(v.chosen, "en"); !strings.Contains(v.page.body, `<html lang="`+language+`">`) {
		v.fail("the page is not in the language %q", language)
	}
}

// visit gets a page and looks at it.
func (v *visitor) visit(path string) {
	v.get(path)
	v.look()
}

// hand sends a form, and looks at the page that comes of it.
func (v *visitor) hand(f *form) {
	v.post(f)
	if v.page.status == 400 {
		v.fail("form refused")
	}
	v.pause()
	v.follow()
	v.look()
}

// pause asks for something that is no page before the redirect is followed: it must not take the messages away.
func (v *visitor) pause() {
	if v.random.IntN(4) > 0 {
		return
	}
	answer := v.page
	v.get(pick(v.random, "/static/style.css", "/api/posts"))
	if v.page.status != 200 {
		v.fail("broken link: %s is a %d", v.page.path, v.page.status)
	}
	v.page = answer
}

// arrive fails unless the page is that of the path.
func (v *visitor) arrive(path string) {
	if v.page.path != path {
		v.fail("logged out or lost: at %q instead of %q", v.page.path, path)
	}
}

func pick[T any](random *rand.Rand, choices ...T) T { return choices[random.IntN(len(choices))] }

// A deed is something that a visitor does.
type deed struct {
	name   string
	weight int
	member bool // for those who have logged in; the others are for all
	do     func(v *visitor)
}

var deeds = []deed{
	{"read", 6, false, (*visitor).read},
	{"follow a link", 6, false, (*visitor).followLink},
	{"switch the language", 2, false, (*visitor).switchLanguage},
	{"log in", 2, false, (*visitor).logIn},
	{"log in with a wrong password", 1, false, (*visitor).mistype},
	{"look for what is not there", 1, false, (*visitor).miss},
	{"publish", 3, true, (*visitor).publish},
	{"publish with a picture", 3, true, (*visitor).publishPicture},
	{"forget the title", 3, true, (*visitor).forgetTitle},
	{"open a tab", 2, true, (*visitor).openTab},
	{"send a tab", 3, true, (*visitor).sendTab},
	{"change a post", 2, true, (*visitor).change},
	{"delete a post", 2, true, (*visitor).remove},
	{"use the API", 1, true, (*visitor).program},
	{"change the password", 1, true, (*visitor).changePassword},
	{"restart the browser", 1, true, (*visitor).reopen},
	{"log out", 1, true, (*visitor).logOut},
}

// roam visits the site until the browser was switched so often, or it is time to leave.
func (v *visitor) roam(switches int, leave func() bool) {
	for deadline := time.Now().Add(10 * time.Minute); v.board.switches < switches && !leave(); v.act() {
		if time.Now().After(deadline) {
			v.fail("only %d switches in 10 minutes", v.board.switches)
		}
	}
}

// act does one thing at random.
func (v *visitor) act() {
	var possible []deed
	for _, d := range deeds {
		for range d.weight {
			if !d.member || v.name != "" {
				possible = append(possible, d)
			}
		}
	}
	d := pick(v.random, possible...)
	v.done[d.name]++
	d.do(v)
}

func (v *visitor) read() {
	v.visit(pick(v.random, "/", "/?page=2", "/about", "/auth/login", "/auth/register"))
}

func (v *visitor) followLink() {
	v.standing.RLock()
	defer v.standing.RUnlock()
	v.visit("/")
	link := pick(v.random, v.links()...)
	if strings.HasPrefix(link, "/language/") {
		return
	}
	if v.get(link); v.page.status != 200 {
		v.fail("broken link: %s is a %d", link, v.page.status)
	}
	if strings.HasPrefix(v.page.header.Get("Content-Type"), "text/html") {
		v.look()
	}
}

func (v *visitor) switchLanguage() {
	v.chosen = pick(v.random, "en", "de")
	v.await("This blog speaks English now.")
	v.visit("/language/" + v.chosen)
}

// logIn logs in, also those who have.
func (v *visitor) logIn() {
	v.visit("/auth/login")
	name := pick(v.random, "ann", "admin")
	f := v.form("").set("username", name, "password", "pw")
	if v.random.IntN(2) == 0 {
		f.set("remember", "y")
		v.remembered = true
	} else if v.name != name {
		v.forgetOther()
	}
	v.name, v.fresh = name, true
	v.await("You are logged in.")
	v.hand(f)
}

// forgetOther is for those who log in as another without being remembered: the cookie of the first is still there, and would be
// taken for them after a restart.
func (v *visitor) forgetOther() {
	if !v.remembered {
		return
	}
	v.remembered = false
	v.forget("remember_token")
}

func (v *visitor) mistype() {
	v.visit("/auth/login")
	v.await("Name and password do not match.")
	v.hand(v.form("").set("username", "ann", "password", "wrong"))
}

func (v *visitor) miss() {
	if v.get("/nowhere"); v.page.status != 404 || v.user() != v.name {
		v.fail("logged out on the page of an error: %d for %q", v.page.status, v.user())
	}
}

func (v *visitor) publish() {
	v.visit("/posts/new")
	v.release(v.form(""))
}

// release publishes what the form has, under a new title.
func (v *visitor) release(f *form) {
	post := &written{author: v.name, title: fmt.Sprint("Post ", v.random.Uint32()), picture: f.files["picture"].content}
	v.await("Your post is published.")
	v.hand(f.set("title", post.title, "body", "text"))
	if !strings.Contains(v.page.body, "<h1>"+post.title+"</h1>") {
		v.fail("the post is not there")
	}
	v.posts[v.page.path] = post
	if post.picture == "" {
		return
	}
	if v.get(picture(v.browser)); v.page.status != 200 || v.page.body != post.picture {
		v.fail("the picture is another one, or none: %d", v.page.status)
	}
}

func (v *visitor) publishPicture() {
	v.visit("/posts/new")
	v.release(v.form("").upload("picture", "a.png", fmt.Sprint(png, v.random.Uint32())))
}

func (v *visitor) forgetTitle() {
	v.visit("/posts/new")
	v.hand(v.form("").set("title", "", "body", "kept"))
	if !strings.Contains(v.page.body, v.says("A title is needed.")) || !strings.Contains(v.page.body, "kept") {
		v.fail("form refused: the error or the text is missing")
	}
}

func (v *visitor) openTab() {
	v.visit("/posts/new")
	v.tabs = append(v.tabs, v.form(""))
}

func (v *visitor) sendTab() {
	if len(v.tabs) == 0 {
		return
	}
	f := v.tabs[0]
	v.tabs = v.tabs[1:]
	v.release(f)
}

// own is a post that the visitor may change, or "".
func (v *visitor) own() string {
	for _, path := range slices.Sorted(maps.Keys(v.posts)) {
		if v.posts[path].author == v.name {
			return path
		}
	}
	return ""
}

func (v *visitor) change() {
	path := v.own()
	if path == "" {
		return
	}
	v.visit(path + "/edit")
	f := v.form("")
	if got, want := f.values.Get("title"), v.posts[path].title; got != want {
		v.fail("title: got %q, want %q", got, want)
	}
	v.posts[path].title += "!"
	v.await("Your post is changed.")
	v.hand(f.set("title", v.posts[path].title))
	v.arrive(path)
}

func (v *visitor) remove() {
	path := v.own()
	if path == "" {
		return
	}
	delete(v.posts, path)
	v.standing.Lock()
	defer v.standing.Unlock()
	v.visit(path + "/edit")
	v.await("Your post is deleted.")
	v.hand(v.form(path + "/delete"))
	v.arrive("/")
}

func (v *visitor) program() {
	v.visit("/auth/account")
	title := fmt.Sprint("API ", v.random.Uint32())
	if v.api(v.token(), map[string]any{"title": title, "body": "-"}); v.page.status != 201 {
		v.fail("the token is refused: %d", v.page.status)
	}
}

func (v *visitor) changePassword() {
	if v.fresh {
		v.visit("/auth/password")
		v.arrive("/auth/password")
		return
	}
	v.await("Please reauthenticate to access this page.")
	v.visit("/auth/password")
	v.arrive("/auth/login?next=%2Fauth%2Fpassword")
}

func (v *visitor) reopen() {
	v.restart()
	v.tabs, v.chosen, v.fresh = nil, "", false
	if !v.remembered {
		v.name = ""
	}
	v.visit("/")
}

func (v *visitor) logOut() {
	v.visit("/")
	f := v.form("/auth/logout")
	v.name, v.remembered, v.fresh = "", false, false
	v.await("You are logged out.")
	v.hand(f)
	if v.cookie("remember_token") != nil {
		v.fail("the remember cookie is still there")
	}
}
