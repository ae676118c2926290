package main

import (
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

// lastStage is the one at which nothing is left of Python.
const lastStage = 4

// A part is a blueprint, and the stage at which it moves to Go. Until then its routes are names for url_for.
type part struct {
	stage     int
	blueprint func(b *blog) *dewar.Blueprint
	python    *dewar.Blueprint
}

// parts is the plan. A real site has no such table: what has moved is what is there, and going back is the commit before.
func parts() []part {
	return []part{
		{1, (*blog).pages, still("pages",
			"about", "/about",
			"language", "/language/{code}")},
		{1, (*blog).api, still("api",
			"posts", "/api/posts",
			"post", "/api/posts/{id:int}")},
		{2, (*blog).posts, still("posts",
			"index", "/",
			"show", "/posts/{id:int}",
			"new", "/posts/new",
			"edit", "/posts/{id:int}/edit",
			"delete", "/posts/{id:int}/delete",
			"picture", "/pictures/{name}")},
		{3, (*blog).auth, still("auth",
			"register", "/auth/register",
			"login", "/auth/login",
			"logout", "/auth/logout",
			"account", "/auth/account",
			"password", "/auth/password")},
		{lastStage, (*blog).admin, still("admin",
			"index", "/admin/",
			"block", "/admin/users/{id:int}/block")},
	}
}

// still is a blueprint that Python serves: pairs of names and rules that URLs are built to.
func still(name string, pairs ...string) *dewar.Blueprint {
	bp := dewar.NewBlueprint(name)
	for i := 0; i+1 < len(pairs); i += 2 {
		bp.Route(pairs[i+1], nil, dewar.Endpoint(pairs[i]), dewar.BuildOnly())
	}
	return bp
}

// divide gives the app the parts that have moved by that stage, and Python the others.
func (b *blog) divide(app *dewar.App, stage int, python string) {
	for _, p := range parts() {
		if p.stage <= stage {
			app.RegisterBlueprint(p.blueprint(b))
		} else {
			app.RegisterBlueprint(p.python)
		}
	}
	if python != "" {
		app.Fallback(strangler.Proxy(python), dewar.CrossOriginExempt())
	}
}
