package dewar

import (
	"context"
	"net/http"
)

// Alive is a view for liveness probes: it answers 200 and "ok" as long as the App answers at all. Register it
// where a probe asks: app.Get("/healthz", dewar.Alive).
func Alive(c *Context) error {
	c.Response.Header().Set("Cache-Control", "no-store")
	return c.Text("ok\n")
}

// Ready returns a view for readiness probes: 200 and "ok" if every check returns nil, and otherwise 503. It is
// 503 too while [App.Draining], so that a load balancer looks elsewhere before the server stops. The checks
// run one after the other with the context of the request; the first that fails is logged, and the client is
// not told which. For example app.Get("/readyz", dewar.Ready(db.PingContext)).
func Ready(checks ...func(ctx context.Context) error) Handler {
	return func(c *Context) error {
		c.Response.Header().Set("Cache-Control", "no-store")
		if c.App.Draining() {
			return c.Status(http.StatusServiceUnavailable).Text("draining\n")
		}
		for i, check := range checks {
			if err := check(c); err != nil {
				c.Logger().Warn("not ready", "check", i, "err", err)
				return c.Status(http.StatusServiceUnavailable).Text("not ready\n")
			}
		}
		return c.Text("ok\n")
	}
}
