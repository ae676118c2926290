package dewar

import (
	"log/slog"
	"net/http"
	"time"
)

// maxLoggedPath is the most bytes of a path that stand in the access log.
const maxLoggedPath = 2 << 10

// AccessLog makes the App log a line at level Info for every request that reaches it: the path without its
// query, which may hold secrets, the status, the duration, the client's address, and what [Context.Logger]
// has. Requests that middleware answers by itself are not logged. The default is no such log.
func AccessLog() Option {
	return appOption(func(app *App) { app.options.accessLog = true })
}

// logAccess writes the line of a request that is over.
func (c *Context) logAccess(began time.Time) {
	path := c.born.URL.Path
	status := c.response.StatusCode()
	if c.outcome == propagated {
		status = http.StatusInternalServerError
	}
	attrs := []slog.Attr{
		slog.String("path", path[:min(len(path), maxLoggedPath)]),
		slog.Int("status", status),
		slog.Duration("duration", time.Since(began)),
	}
	if client := c.ClientIP(); client.IsValid() {
		attrs = append(attrs, slog.String("client", client.String()))
	}
	if c.outcome == aborted || c.outcome == cut {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	c.Logger().LogAttrs(c, slog.LevelInfo, "request", attrs...)
}
