package sessionstore_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/sessionstore"
)

func ExampleSessionInterface() {
	app := dewar.New("shop")
	app.SessionInterface = &sessionstore.SessionInterface{Store: sessionstore.NewMemory()}
	fmt.Println(app.Name())
	// Output: shop
}

// The sessions of a user can be listed and ended when Owner says whose they are.
func ExampleSessionInterface_Sessions() {
	app := dewar.New("shop")
	sessions := &sessionstore.SessionInterface{
		Store: sessionstore.NewMemory(),
		Owner: func(s *dewar.Session) string { return s.String("user_id") },
	}
	app.SessionInterface = sessions
	app.Post("/login", func(c *dewar.Context) error {
		s := c.Session()
		s.Renew() // an id that an attacker knows is worth nothing now
		s.Set("user_id", "7")
		s.Set("device", c.Request.UserAgent())
		return c.RedirectTo("devices")
	})
	app.Get("/devices", func(c *dewar.Context) error {
		list, err := sessions.Sessions(c, c.Session().String("user_id"))
		if err != nil {
			return err
		}
		var devices []string
		for _, o := range list {
			devices = append(devices, o.Session.String("device"))
		}
		return c.JSON(devices)
	}, dewar.Endpoint("devices"))
	app.Post("/logout-elsewhere", func(c *dewar.Context) error {
		_, err := sessions.EndOthers(c, c.Session().String("user_id"), c.Session().ID())
		return err
	})
}

// "Remember me" is a longer life for one session.
func ExampleSetLifetime() {
	remember := func(c *dewar.Context) error {
		c.Session().SetPermanent(true) // or the cookie ends with the browser
		return sessionstore.SetLifetime(c.Session(), 30*24*time.Hour, 0)
	}
	_ = remember
}

func ExampleRecord_Apply() {
	now := time.Now()
	r := sessionstore.Record{Values: map[string]string{"cart": "[1]", "seen": "5"}, Seen: now, Idle: time.Hour}
	first := sessionstore.Delta{At: now, Set: map[string]string{"cart": "[1,2]"}}
	second := sessionstore.Delta{At: now, Expect: map[string]string{"seen": "5"}, Set: map[string]string{"seen": "6"}}
	fmt.Println(r.Apply(first), r.Apply(second), r.Values)
	fmt.Println(errors.Is(r.Apply(second), sessionstore.ErrConflict))
	// Output:
	// <nil> <nil> map[cart:[1,2] seen:6]
	// true
}

func ExampleParseHandle() {
	h, err := sessionstore.ParseHandle("__4AAAAAAAAAAAAAAAAAAQ")
	fmt.Println(h, err)
	_, err = sessionstore.ParseHandle("../../etc/passwd")
	fmt.Println(err)
	// Output:
	// __4AAAAAAAAAAAAAAAAAAQ <nil>
	// sessionstore: "../../etc/passwd" is no handle; one has 22 characters of A-Z, a-z, 0-9, - and _
}

func ExampleHash() {
	r := sessionstore.Record{Secret: sessionstore.Hash{1, 2, 3}}
	fmt.Println(r.Secret)
	// Output: [redacted]
}
