package dewar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A timeLimit is the context of a request that may only take so long.
type timeLimit struct {
	length time.Duration
	ctx    context.Context
	cancel context.CancelFunc
}

// limitTime gives the request the deadline that its route or HANDLER_TIMEOUT sets.
func (c *Context) limitTime() {
	length := c.settings.handlerTimeout
	if c.route != nil {
		length = orDefault(c.route.timeout, length)
	}
	if length <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), length)
	c.rare().limit = &timeLimit{length, ctx, cancel}
	c.Request = c.Request.WithContext(ctx)
}

// timedOut makes a 503 of err if it says no more than that the time of the request was over.
func (c *Context) timedOut(err error) error {
	limit := c.rare().limit
	if limit == nil || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(limit.ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	if _, ok := statusOf(err); ok {
		return err
	}
	return &HTTPError{Code: http.StatusServiceUnavailable,
		Err: fmt.Errorf("dewar: the request took longer than its timeout of %v: %w", limit.length, err)}
}
