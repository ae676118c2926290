// Ratelimit lets a client or a login do a thing only so often, by github.com/go-chi/httprate. Whoever does more gets a 429, and Retry-After
// says when to come again.
//
// Run it in the folder _examples/recipes/ratelimit, and try to guess a password:
//
//	FLASK_SECRET_KEY=dev go run .
//	for i in 1 2 3 4 5 6; do curl -i http://127.0.0.1:5000/login -d name=ann -d password=$i; done
//	curl -c jar http://127.0.0.1:5000/login -d name=bob -d password=tiger    # from this address: 429 for a minute
//
// The counts are in memory. Where several processes serve the site, httprate.WithLimitCounter gives them one place to count in, such as
// github.com/go-chi/httprate-redis.
package main

import (
	"log"
	"time"

	"github.com/go-chi/httprate"

	"github.com/dewar-go/dewar"
)

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
	app := dewar.New("ratelimit")
	app.BeforeRequest(limit(100, time.Minute, byClient)) // all requests, those for nothing too
	app.Post("/login", login, dewar.Before(limit(5, time.Minute, byClient)))
	app.Get("/search", search, dewar.Before(limit(10, time.Minute, bySession)))
	return app, app.Config.FromPrefixedEnv()
}

// limit returns a hook that lets requests with one key through only so often. The headers X-RateLimit-* say what is left.
func limit(requests int, window time.Duration, key func(c *dewar.Context) string) dewar.Handler {
	limiter := httprate.NewRateLimiter(requests, window)
	return func(c *dewar.Context) error {
		if limiter.OnLimit(c.Response, c.Request, key(c)) { // it sets Retry-After
			return dewar.Abort(429)
		}
		return nil
	}
}

// byClient counts by address: that of the connection, or what one of TRUSTED_PROXIES says. Nobody gets another one by a header. A client
// of IPv6 has a whole network to choose from, which counts as one.
func byClient(c *dewar.Context) string {
	return "client " + httprate.CanonicalizeIP(c.ClientIP().String())
}

// bySession counts by who is logged in, from wherever. A session without a login would be no key: a client that throws the cookie away
// has another one.
func bySession(c *dewar.Context) string {
	if name := c.Session().String("name"); name != "" {
		return "session of " + name
	}
	return byClient(c)
}

// passwords are what people log in with. In a real program they are hashes in a database, see contrib/password.
var passwords = map[string]string{"ann": "scott", "bob": "tiger"}

func login(c *dewar.Context) error {
	name := c.Form().String("name")
	if password, ok := passwords[name]; !ok || password != c.Form().String("password") {
		return dewar.Abortf(401, "Unknown name or wrong password.")
	}
	c.Session().Clear()
	c.Session().Renew()
	c.Session().Set("name", name)
	return c.Text("Welcome, " + name + "!\n")
}

func search(c *dewar.Context) error {
	return c.Text("Nothing found.\n")
}
