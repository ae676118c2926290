package dewar_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/dewar-go/dewar"
)

// A browser keeps the cookies of an example from one request to the next.
type browser struct {
	app    http.Handler
	cookie *http.Cookie
}

// get asks for path and prints the body, or where the answer leads to.
func (b *browser) get(path string) { b.send(httptest.NewRequest("GET", path, nil)) }

// post does the same with a form.
func (b *browser) post(path, form string) {
	r := httptest.NewRequest("POST", path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.send(r)
}

func (b *browser) send(r *http.Request) {
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	rec := httptest.NewRecorder()
	b.app.ServeHTTP(rec, r)
	for _, b.cookie = range rec.Result().Cookies() {
		if b.cookie.MaxAge < 0 {
			b.cookie = nil
		}
	}
	fmt.Println(strings.TrimSpace(r.URL.Path + ": " + rec.Body.String() + rec.Header().Get("Location")))
}

// A login empties the session first, so that nothing of the visitor before is left in it, and a logout leaves it
// empty, which deletes the cookie.
func ExampleSession_login() {
	app := dewar.New("example")
	configure(app, "SECRET_KEY", testKey)
	users := map[string]int{"ann": 42}

	bp := dewar.NewBlueprint("auth")
	bp.Post("/login", func(c *dewar.Context) error {
		id, valid := users[c.Form().String("user")]
		if valid {
			c.Session().Clear()
			c.Session().Set("user_id", id)
		}
		return c.RedirectTo("index")
	})
	bp.Get("/logout", func(c *dewar.Context) error {
		c.Session().Clear()
		return c.RedirectTo("index")
	})
	app.RegisterBlueprint(bp)
	app.Get("/", func(c *dewar.Context) error {
		if !c.Session().Has("user_id") {
			return c.Text("nobody is logged in")
		}
		return c.Text(fmt.Sprint("user ", dewar.ValueOr(c.Session(), "user_id", int64(0))))
	}, dewar.Endpoint("index"))

	b := &browser{app: app}
	b.post("/login", "user=nobody")
	b.get("/")
	b.post("/login", "user=ann")
	b.get("/")
	b.get("/logout")
	b.get("/")
	// Output:
	// /login: /
	// /: nobody is logged in
	// /login: /
	// /: user 42
	// /logout: /
	// /: nobody is logged in
}

// A permanent session outlives the browser; how long is said by PERMANENT_SESSION_LIFETIME.
func ExampleSession_SetPermanent() {
	app := dewar.New("example")
	configure(app, "SECRET_KEY", testKey)
	configure(app, "PERMANENT_SESSION_LIFETIME", 7*24*time.Hour)

	app.Post("/login", func(c *dewar.Context) error {
		c.Session().SetPermanent(true)
		c.Session().Set("user_id", 42)
		return c.RedirectTo("index")
	})
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(fmt.Sprint("user ", c.Session().Int("user_id")))
	}, dewar.Endpoint("index"))

	b := &browser{app: app}
	b.post("/login", "")
	b.get("/")
	fmt.Printf("the cookie expires in %.0f days\n", time.Until(b.cookie.Expires).Hours()/24)
	// Output:
	// /login: /
	// /: user 42
	// the cookie expires in 7 days
}

// A change inside a value is noticed and saved. MarkModified, which Flask needs for that, is there all the same.
func ExampleSession_MarkModified() {
	app := dewar.New("example")
	configure(app, "SECRET_KEY", testKey)

	app.Get("/add-item", func(c *dewar.Context) error {
		if !c.Session().Has("cart") {
			c.Session().Set("cart", []string{})
		}
		cart := dewar.ValueOr[*[]string](c.Session(), "cart", nil)
		*cart = append(*cart, "new-item")
		return c.Text("Item added")
	})
	app.Get("/add-item-and-say-so", func(c *dewar.Context) error {
		cart := dewar.ValueOr[*[]string](c.Session(), "cart", nil)
		*cart = append(*cart, "another-item")
		c.Session().MarkModified()
		return c.Text("Item added")
	})
	app.Get("/cart", func(c *dewar.Context) error { return c.JSON(c.Session().Get("cart")) })

	b := &browser{app: app}
	b.get("/add-item")
	b.get("/add-item")
	b.get("/add-item-and-say-so")
	b.get("/cart")
	// Output:
	// /add-item: Item added
	// /add-item: Item added
	// /add-item-and-say-so: Item added
	// /cart: ["new-item","new-item","another-item"]
}

// Without a SECRET_KEY the session is empty and can be read. Writing it fails, and says what to do.
func ExampleSession_missingSecretKey() {
	app := dewar.New("example")
	app.Logger = slog.New(slog.DiscardHandler)
	dewar.HandleError(app, func(c *dewar.Context, err error) error {
		text, cure, _ := strings.Cut(err.Error(), "; ")
		return c.Text(text + "\n" + cure)
	})
	app.Get("/read", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Len(), " values")) })
	app.Get("/write", func(c *dewar.Context) error {
		c.Session().Set("user_id", 42)
		return c.Text("never shown")
	})

	b := &browser{app: app}
	b.get("/read")
	b.get("/write")
	// Output:
	// /read: 0 values
	// /write: 500 Internal Server Error: dewar: the session cannot be written because SECRET_KEY is not set
	// set it to a long random text, in the environment as FLASK_SECRET_KEY with app.Config.FromPrefixedEnv or with app.Config.Set
}

// Structs and slices are kept as well, and come back with their types.
func ExampleSession_Decode() {
	type item struct {
		Name  string `json:"name"`
		Count int    `json:"count"`
	}
	app := dewar.New("example")
	configure(app, "SECRET_KEY", testKey)
	app.Get("/set", func(c *dewar.Context) error {
		c.Session().Set("items", []item{{"apple", 2}, {"pear", 1}})
		return c.Text("kept")
	})
	app.Get("/show", func(c *dewar.Context) error {
		var items []item
		if err := c.Session().Decode("items", &items); err != nil {
			return err
		}
		return c.Text(fmt.Sprintf("%+v", items))
	})

	b := &browser{app: app}
	b.get("/set")
	b.get("/show")
	// Output:
	// /set: kept
	// /show: [{Name:apple Count:2} {Name:pear Count:1}]
}

// MySessionInterface keeps sessions in memory, under an id that is all the cookie holds.
type MySessionInterface struct {
	mu       sync.Mutex
	sessions map[string][]byte
}

// OpenSession finds the session of the request's cookie. An id that is not known is never taken over.
func (i *MySessionInterface) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	s, id := dewar.NewSession(), dewar.SessionCookieValue(c)
	i.mu.Lock()
	defer i.mu.Unlock()
	if data, ok := i.sessions[id]; ok && dewar.Stored(s).UnmarshalBinary(data) == nil {
		dewar.Stored(s).SetID(id)
	}
	return s, nil
}

// SaveSession keeps the session and sends its id.
func (i *MySessionInterface) SaveSession(c *dewar.Context, s *dewar.Session) error {
	stored := dewar.Stored(s)
	if !stored.ShouldSave() {
		return nil
	}
	data, err := stored.MarshalBinary()
	if err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	_, known := i.sessions[s.ID()]
	if !known && s.ID() != "" && s.Len() > 0 && !stored.Destroyed() { // another request has logged out meanwhile
		return dewar.Abortf(409, "The session has ended.")
	}
	if stored.Renewed() || stored.Destroyed() || s.Len() == 0 {
		delete(i.sessions, s.ID())
		stored.SetID("")
	}
	if s.Len() == 0 {
		return dewar.SetSessionCookie(c, s, "")
	}
	if s.ID() == "" {
		stored.SetID(rand.Text())
	}
	i.sessions[s.ID()] = data
	return dewar.SetSessionCookie(c, s, s.ID())
}

// A backend of one's own needs two methods.
func ExampleSessionInterface() {
	store := &MySessionInterface{sessions: map[string][]byte{}}
	app := dewar.New("example")
	app.SessionInterface = store
	app.Get("/", func(c *dewar.Context) error {
		visits := c.Session().Int("visits") + 1
		c.Session().Set("visits", visits)
		return c.Text(fmt.Sprint("visit ", visits))
	})
	app.Get("/logout", func(c *dewar.Context) error { c.Session().Destroy(); return c.Text("bye") })

	b := &browser{app: app}
	b.get("/")
	b.get("/")
	b.get("/logout")
	fmt.Println(len(store.sessions), "sessions kept")
	// Output:
	// /: visit 1
	// /: visit 2
	// /logout: bye
	// 0 sessions kept
}

// A type that sessions do not know is kept with a tag of its own.
func ExampleSessionTag() {
	app := dewar.New("example")
	configure(app, "SECRET_KEY", testKey)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{{
		Key:    " mo",
		Check:  func(v any) bool { _, ok := v.(time.Month); return ok },
		Encode: func(v any) (any, error) { return int(v.(time.Month)), nil },
		Decode: func(v any) (any, error) {
			month, ok := v.(int64)
			if !ok {
				return nil, fmt.Errorf("want a number")
			}
			return time.Month(month), nil
		},
	}}}
	app.Get("/set", func(c *dewar.Context) error { c.Session().Set("born", time.May); return c.Text("kept") })
	app.Get("/show", func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("%T %v", c.Session().Get("born"), c.Session().Get("born")))
	})

	b := &browser{app: app}
	b.get("/set")
	b.get("/show")
	// Output:
	// /set: kept
	// /show: time.Month May
}

// Epoch makes a user's sessions revocable, although they are kept in cookies alone.
func ExampleSecureCookieSessionInterface() {
	epochs := map[int64]int64{} // in a column of the table of users
	app := dewar.New("example")
	configure(app, "SECRET_KEY", testKey)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{
		Epoch: func(_ *dewar.Context, s *dewar.Session) (int64, error) { return epochs[s.Int64("user_id")], nil },
	}
	app.Get("/login", func(c *dewar.Context) error {
		c.Session().Renew()
		c.Session().Set("user_id", 42)
		return c.Text("welcome")
	})
	app.Get("/logout-everywhere", func(c *dewar.Context) error {
		epochs[c.Session().Int64("user_id")]++
		c.Session().Destroy()
		return c.Text("bye")
	})
	app.Get("/", func(c *dewar.Context) error { return c.Text(fmt.Sprint("user ", c.Session().Int64("user_id"))) })

	laptop, phone := &browser{app: app}, &browser{app: app}
	laptop.get("/login")
	phone.get("/login")
	phone.get("/")
	laptop.get("/logout-everywhere")
	phone.get("/")
	// Output:
	// /login: welcome
	// /login: welcome
	// /: user 42
	// /logout-everywhere: bye
	// /: user 0
}

// A session that is remembered for a year where others end with PERMANENT_SESSION_LIFETIME.
func ExampleSession_Change() {
	app := dewar.New("shop")
	app.Post("/cart/{item}", func(c *dewar.Context) error {
		c.Session().Change("cart", func(old any) any { // also for two requests at once
			cart, _ := old.(map[string]any)
			if cart == nil {
				cart = map[string]any{}
			}
			count, _ := cart[c.Params().String("item")].(int64)
			cart[c.Params().String("item")] = count + 1
			return cart
		})
		return c.JSON(c.Session().Map("cart"))
	})
}

func ExampleStored() {
	s := dewar.NewSession()
	s.Set("user", "ann")
	s.Set("visits", 1)
	stored := dewar.Stored(s)
	data, err := stored.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	stored.SetLifetime(365 * 24 * time.Hour)
	fmt.Printf("save it: %t, as %s\n", stored.ShouldSave(), data)
	fmt.Println("it ends in days:", int(time.Until(s.ExpiresAt()).Hours()+1)/24)
	// Output:
	// save it: true, as {"user":"ann","visits":1}
	// it ends in days: 365
}

// A backend that merges what several requests did to one session asks for the changes of each.
func ExampleStoredSession() {
	s := dewar.NewSession()
	stored := dewar.Stored(s)
	if err := stored.UnmarshalBinary([]byte(`{"cart":["tea"],"theme":"dark","user":"ann"}`)); err != nil {
		fmt.Println(err)
		return
	}
	s.Set("user", "bob")
	s.Delete("theme")
	changes, err := stored.Changes()
	fmt.Printf("set %s, deleted %q, cleared %t, err %v\n", changes.Set, changes.Deleted, changes.Cleared, err)
	// Output: set map[user:"bob"], deleted ["theme"], cleared false, err <nil>
}

// An encryptedStore cannot do without a SECRET_KEY.
type encryptedStore struct{ MySessionInterface }

func (*encryptedStore) CheckConfig(config *dewar.Values) error {
	if !config.Has("SECRET_KEY") {
		return errors.New("SECRET_KEY is not set; sessions are encrypted with it")
	}
	return nil
}

func ExampleSessionConfigChecker() {
	app := dewar.New("example")
	app.SessionInterface = &encryptedStore{}
	fmt.Println(app.Build())
	// Output:
	// dewar: app "example" cannot be built:
	// SECRET_KEY is not set; sessions are encrypted with it
}
