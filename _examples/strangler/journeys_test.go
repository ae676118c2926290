package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// A journey is what people do on the site. Each begins in a new browser, on the site that those before it have left.
type journey struct {
	name string
	goes func(b *browser)
}

// png begins as pictures do; the rest is bytes that no text has.
const png = "\x89PNG\r\n\x1a\n\x00\xff\xfe picture"

var journeys = []journey{
	{"the first visitor registers and is the admin", func(b *browser) {
		b.get("/").want(200, "Nobody has written anything yet.")
		b.get("/auth/register").submit().want(200, "A name is needed.", "A password is needed.")
		b.submit("username", strings.Repeat("x", 41), "password", "pw").want(200, "This is too long.")
		b.submit("username", "admin", "password", "pw").at("/auth/login").flashed("Welcome, admin. You can log in now.")
		b.login("admin").get("/admin/").want(200, "0 posts")
	}},
	{"a name is taken once", func(b *browser) {
		b.get("/auth/register").submit("username", "admin", "password", "other").want(200, "This name is taken.", `value="admin"`)
	}},
	{"log in, be wrong, log out", func(b *browser) {
		b.register("ann")
		b.get("/auth/login").submit("username", "ann", "password", "no").want(200).flashed("Name and password do not match.")
		b.submit("username", "nobody", "password", "pw").want(200).flashed("Name and password do not match.")
		b.submit("username", "ann", "password", "pw").at("/").flashed("You are logged in.")
		b.get("/").flashed()
		b.post(b.form("/auth/logout")).follow().at("/").flashed("You are logged out.")
		b.get("/auth/account").want(200).flashed("Please log in to access this page.")
	}},
	{"go on to the page that asked for the login", func(b *browser) {
		b.get("/posts/new").want(200).flashed("Please log in to access this page.").at("/auth/login?next=%2Fposts%2Fnew")
		b.submit("username", "ann", "password", "pw").at("/posts/new").flashed("You are logged in.")
		for _, elsewhere := range []string{"//evil.test", "/\\evil.test", "http://evil.test/"} {
			b.closeAll()
			b.get("/auth/login?next="+strings.ReplaceAll(elsewhere, "\\", "%5C")).submit("username", "ann", "password", "pw").at("/")
		}
	}},
	{"be remembered, and log in freshly for the password", func(b *browser) {
		b.register("bob")
		b.get("/auth/login").submit("username", "bob", "password", "pw", "remember", "y").want(200, "bob")
		b.restart()
		b.get("/auth/account").want(200).at("/auth/account")
		b.get("/auth/password").at("/auth/login?next=%2Fauth%2Fpassword").flashed("Please reauthenticate to access this page.")
		b.submit("username", "bob", "password", "pw").at("/auth/password")
		b.submit().want(200, "A password is needed.")
		b.submit("password", "new").at("/auth/account").flashed("Your password is changed.")
		b.post(b.form("/auth/logout")).follow()
		b.restart()
		b.get("/").want(200).without("bob")
		b.get("/auth/login").submit("username", "bob", "password", "new").want(200, "bob")
		b.restart()
		b.get("/").want(200).without("bob")
	}},
	{"write, show, change, delete", func(b *browser) {
		b.login("ann").get("/posts/new").submit("title", "", "body", "kept & <safe>").want(200, "A title is needed.", "kept &amp; &lt;safe&gt;")
		b.submit("title", strings.Repeat("ü", 81)).want(200, "This is too long.")
		b.post(b.form("").set("title", "T").upload("picture", "a.txt", "text")).want(200, "A picture is a PNG, JPEG or GIF.")
		b.post(b.form("").set("title", `Ann's "first" <post>`, "body", "a\nb").upload("picture", "a.PNG", png)).follow()
		b.want(200, "Ann&#39;s &#34;first&#34; &lt;post&gt;").flashed("Your post is published.")
		post := b.page.path
		b.get(picture(b)).want(200)
		if b.page.body != png || b.page.header.Get("Content-Type") != "image/png" {
			b.fail("the picture is another one: %q %s", b.page.body, b.page.header)
		}
		b.get("/posts/new").post(b.form("").set("title", "T").upload("picture", "a.png", strings.Repeat(png, 200_000))).want(413, "This is too large.")
		b.get(post+"/edit").submit("title", "Second").at(post).want(200, "Second", `<img src="/pictures/`).flashed("Your post is changed.")
		b.get(post + "/edit").post(b.form(post + "/delete")).follow().at("/").flashed("Your post is deleted.")
		b.get(post).want(404, "There is no such page.")
	}},
	{"more posts than a page has", func(b *browser) {
		b.login("ann")
		for n := range 7 {
			b.get("/posts/new").submit("title", fmt.Sprint("Number ", n), "body", "-").want(200)
		}
		b.get("/").want(200, "Number 6", "/?page=2").without("Number 1")
		b.get("/?page=2").want(200, "Number 1", "/?page=1").without("Number 6")
		b.get("/?page=x").want(200, "Number 6")
		b.get("/?page=-3").want(200, "Number 6")
	}},
	{"what belongs to others is theirs", func(b *browser) {
		b.login("admin").get("/posts/2/edit").want(403, "You may not do this.")
		b.get("/").send("POST", "/posts/2/delete", "application/x-www-form-urlencoded", []byte("csrf_token="+b.form("/auth/logout").values.Get("csrf_token")))
		b.want(403)
	}},
	{"forms without the right token are refused", func(b *browser) {
		b.login("ann").get("/posts/new")
		b.post(b.form("").set("csrf_token", "", "title", "T")).want(400, "The CSRF token is missing.")
		b.get("/posts/new").post(b.form("").set("csrf_token", "wrong", "title", "T")).want(400, "The CSRF token is invalid.")
		mine := b.get("/posts/new").form("")
		b.closeAll()
		b.get("/auth/login")
		b.post(mine.set("title", "T")).want(400, "The CSRF tokens do not match.")
	}},
	{"two languages", func(b *browser) {
		b.language = "de-AT,de;q=0.8,en;q=0.5"
		b.get("/auth/login").want(200, `<html lang="de">`, "Anmelden", "Angemeldet bleiben")
		b.submit().want(200, "Ein Name fehlt.", "Ein Passwort fehlt.")
		b.submit("username", "admin", "password", "pw").flashed("Sie sind angemeldet.")
		b.get("/admin/").want(200, "7 Beiträge", "0 Beiträge")
		b.get("/language/en").flashed("This blog speaks English now.").want(200, "Posts")
		b.get("/about").want(200, "This blog moves from Python to Go, and nobody notices.")
		b.language = "en"
		b.get("/language/de").flashed("Dieses Blog spricht jetzt Deutsch.")
		b.get("/nowhere").want(404, "Diese Seite gibt es nicht.")
		b.get("/language/fr").want(404)
		b.closeAll()
		b.get("/posts/new").want(200, "Log in")
		b.language = "fr"
		b.get("/about").want(200, "nobody notices")
	}},
	{"programs", func(b *browser) {
		b.get("/api/posts").want(200, `"title":"Number 6"`, `"next":"/api/posts?page=2"`)
		b.get("/api/posts/2").want(200, `"author":"ann"`)
		b.get("/api/posts/999").want(404, `{"error":"Not Found"}`)
		b.get("/api/nowhere").want(404, `{"error":"Not Found"}`)
		token := b.login("ann").get("/auth/account").token()
		b.closeAll()
		b.api(token, map[string]any{"title": "Grüße by API 😀", "body": "text"}).want(201, `"title":"Gr\u00fc\u00dfe`, `\ud83d\ude00"`)
		b.get(b.page.header.Get("Location")).want(200, `"body":"text"`)
		b.api(token, map[string]any{"body": "none"}).want(400, "A title is needed.")
		b.api(token+"x", map[string]any{"title": "T"}).want(401, "Unauthorized")
		b.api("", map[string]any{"title": "T"}).want(401, "Unauthorized")
		if got, want := b.page.header.Get("WWW-Authenticate"), `Bearer realm="blog"`; got != want {
			b.fail("WWW-Authenticate: got %q, want %q", got, want)
		}
	}},
	{"the admin blocks", func(b *browser) {
		b.get("/admin/").at("/auth/login?next=%2Fadmin%2F")
		b.login("ann").get("/admin/").want(403, "You may not do this.")
		ann := b.client.Jar
		b.closeAll()
		b.login("admin").get("/admin/")
		block := b.form("/admin/users/2/block")
		b.post(block).follow().flashed("ann is blocked.").want(200, "Unblock")
		admin := b.client.Jar
		b.client.Jar = ann
		b.get("/").want(200, "Log in").without(">ann</a>\n<form")
		b.closeAll()
		b.get("/auth/login").submit("username", "ann", "password", "pw").flashed("Name and password do not match.")
		b.client.Jar = admin
		b.post(block).follow().flashed("ann may log in again.").want(200, "Block")
		b.client.Jar = ann
		b.get("/").want(200, ">ann</a>")
	}},
	{"no link is broken", func(b *browser) {
		b.crawl()
		b.login("admin").crawl()
	}},
	{"what is not there, and what is not done there", func(b *browser) {
		b.get("/nowhere").want(404, "There is no such page.", "Blog")
		b.get("/posts/x").want(404)
		b.get("/static/none.css").want(404)
		b.get("/pictures/none.png").want(404)
		b.get("/static/style.css").want(200, "color-scheme")
		b.get("/admin").at("/auth/login?next=%2Fadmin%2F")
		b.get("/auth/logout").want(405)
	}},
}

func (b *browser) register(name string) {
	b.get("/auth/register").submit("username", name, "password", "pw").at("/auth/login").flashed("Welcome, " + name + ". You can log in now.")
}

func (b *browser) login(name string) *browser {
	return b.get("/auth/login").submit("username", name, "password", "pw").want(200, ">"+name+"</a>")
}

// token is the user's for the API, as the account page shows it.
func (b *browser) token() string {
	return strings.Join(b.all(codePattern), " ")
}

// api publishes a post as a program does, without cookies.
func (b *browser) api(token string, post map[string]any) *browser {
	body, _ := json.Marshal(post)
	var header []string
	if token != "" {
		header = []string{"Authorization", "Bearer " + token}
	}
	b.send(http.MethodPost, "/api/posts", "application/json", body, header...)
	return b
}

// picture is the path of the one on the page.
func picture(b *browser) string {
	for _, link := range b.links() {
		if strings.HasPrefix(link, "/pictures/") {
			return link
		}
	}
	b.fail("the page has no picture")
	return ""
}

// crawl follows every link that can be reached.
func (b *browser) crawl() {
	seen, next := map[string]bool{}, []string{"/"}
	for ; len(next) > 0; next = next[1:] {
		if path := next[0]; !seen[path] {
			seen[path] = true
			b.get(path).want(200)
			next = append(next, b.links()...)
		}
	}
	if len(seen) < 10 {
		b.fail("only %d pages were found", len(seen))
	}
}

// What differs by chance on every page: tokens and names of pictures.
var chance = regexp.MustCompile(`(name="csrf_token" value=|<code id="token">|/pictures/)("?)[\w.-]+`)

// steady is the page without what differs by chance.
func (p page) steady() string {
	text := fmt.Sprintf("%s %s\n%d %s\n%s", p.method, p.path, p.status, p.header.Get("Location"), p.body)
	if p.status >= 300 && p.status < 400 {
		text = fmt.Sprintf("%s %s\nto %s", p.method, p.path, strings.TrimPrefix(p.header.Get("Location"), siteURL))
	}
	return days.ReplaceAllString(chance.ReplaceAllString(text, "$1$2..."), "<day>")
}

var days = regexp.MustCompile(`\d{4}-\d\d-\d\d(T[\d:]+)?`)
