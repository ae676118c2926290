package dewar

import (
	"fmt"
	"net/http"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/headers"
)

// Header sets a header of the answer, so that return c.Header("X-Total", "7").JSON(v) reads as it acts. It
// replaces what was set before, and a Content-Type goes before that of the answering method. After the commit it has
// no effect.
//
// A name that is none, or a value with a control character in it, such as a line break or NUL, sets nothing and makes
// the answer a 500, whose error names header and line. Headers set in other ways are looked at before they are sent.
func (c *Context) Header(key, value string) *Context {
	r := &c.response
	if r.c.phase == over {
		return c
	}
	if fault := headers.Fault(key, value); fault != "" {
		c.refuseHeader(key, fault)
		return c
	}
	r.header().Set(key, value)
	if x := c.lazy.Load(); x != nil { // also if it has the same value: it is said again
		delete(x.owned.answered, http.CanonicalHeaderKey(key))
	}
	return c
}

// refuseHeader remembers a header that cannot be set, until the answer.
func (c *Context) refuseHeader(key, fault string) {
	if x := c.rare(); x.headerErr == nil && c.phase < sent {
		x.headerErr = fmt.Errorf("dewar: header %q, set at %s: %s; escape what comes from outside, as with url.QueryEscape", key, callsite.Site(), fault)
	}
}

// headerError returns, once, why a header cannot be sent. It is then no part of the answer any more.
func (c *Context) headerError() error {
	if x := c.lazy.Load(); x != nil && x.headerErr != nil {
		err := x.headerErr
		x.headerErr = nil
		return err
	}
	if !c.response.touched {
		return nil
	}
	return c.dropFaults()
}

// dropFaults takes headers that cannot be sent out of the answer, and says which was the first.
func (c *Context) dropFaults() (err error) {
	header := c.response.w.Header()
	for {
		name, fault := headers.FirstFault(header)
		if fault == "" {
			return err
		}
		if err == nil {
			err = fmt.Errorf("dewar: header %q: %s; escape what comes from outside, as with url.QueryEscape", name, fault)
		}
		delete(header, name)
		if x := c.lazy.Load(); x != nil {
			delete(x.owned.kept, name)
		}
	}
}
