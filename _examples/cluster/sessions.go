package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

// owned is where users see their sessions on all devices, and end them.
type owned struct {
	sessions *sessionstore.SessionInterface
}

func sessionsBlueprint(sessions *sessionstore.SessionInterface) *dewar.Blueprint {
	o := &owned{sessions}
	bp := dewar.NewBlueprint("sessions", dewar.URLPrefix("/sessions"))
	bp.Get("", o.list, dewar.Before(loginRequired))
	bp.Post("/end-others", o.endOthers, dewar.Before(loginRequired))
	bp.Post("/{id}/end", o.end, dewar.Before(loginRequired))
	return bp
}

// A listed session is one line of the list.
type listed struct {
	ID      string    `json:"id"`
	Device  string    `json:"device"`
	Address string    `json:"address"`
	Since   time.Time `json:"since"`
	Seen    time.Time `json:"seen"`
	Current bool      `json:"current"`
}

func (o *owned) list(c *dewar.Context) error {
	found, err := o.sessions.Sessions(c, currentUser.Get(c))
	if err != nil {
		return unavailable(err)
	}
	lines := make([]listed, len(found))
	for i, s := range found {
		lines[i] = listed{s.ID, s.Session.String("device"), s.Session.String("address"), s.Created, s.Seen, s.ID == c.Session().ID()}
	}
	if wantsJSON(c) {
		return c.JSON(dewar.Map{"user": currentUser.Get(c), "sessions": lines})
	}
	return c.Render("sessions.html", dewar.Map{"sessions": lines})
}

// endOthers logs the user out everywhere else, at once.
func (o *owned) endOthers(c *dewar.Context) error {
	n, err := o.sessions.EndOthers(c, currentUser.Get(c), c.Session().ID())
	if err != nil {
		return unavailable(err)
	}
	c.Flash(fmt.Sprintf("Logged out on %d other devices.", n))
	return c.RedirectTo("sessions.list")
}

// end ends one session of the user, who must have it: the id alone is not enough.
func (o *owned) end(c *dewar.Context) error {
	ended, err := o.sessions.End(c, currentUser.Get(c), c.Params().String("id"))
	switch {
	case err != nil:
		return unavailable(err)
	case !ended:
		c.Flash("That session had ended already.")
	default:
		c.Flash("Logged out there.")
	}
	return c.RedirectTo("sessions.list")
}

// deviceOf returns what a user calls the device that has sent a User-Agent: browser and system, or the name of a program.
func deviceOf(userAgent string) string {
	browser := firstIn(userAgent, "Edg:Edge", "OPR:Opera", "Firefox", "Chrome", "Safari")
	system := firstIn(userAgent, "Android", "iPhone", "iPad", "Windows", "Mac OS X:macOS", "Linux")
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser != "":
		return browser
	}
	program, _, _ := strings.Cut(userAgent, "/")
	if program == "" {
		return "unknown device"
	}
	return program[:min(len(program), maxName)]
}

// firstIn returns the first of the words that text has. A word may have another name behind a colon.
func firstIn(text string, words ...string) string {
	for _, word := range words {
		word, name, renamed := strings.Cut(word, ":")
		switch {
		case !strings.Contains(text, word):
		case renamed:
			return name
		default:
			return word
		}
	}
	return ""
}
