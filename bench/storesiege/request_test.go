package storesiege

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// An op is one request to the application.
type op struct {
	what   string     // the verb of /do, or "admin"
	args   url.Values // key, value ...
	cookie string     // of the session, or empty
	addr   string     // of which process
	gate   string     // where it waits, or empty
}

// String says what is done, for reports.
func (o op) String() string {
	text := o.what
	for _, name := range slices.Sorted(maps.Keys(o.args)) {
		text += fmt.Sprintf(" %s=%s", name, strings.Join(o.args[name], ","))
	}
	return text
}

// A reply is how a request was answered. Code is 0 when the connection broke.
type reply struct {
	code     int
	answer   answer // of a 2xx
	body     string // of any other
	cookie   string // that was set, or empty
	deleted  bool   // the cookie was
	sent, at time.Time
}

func (r reply) ok() bool { return r.code/100 == 2 }

// unknown reports whether what was asked for may have happened or not.
func (r reply) unknown() bool { return r.code == 0 || r.code == http.StatusServiceUnavailable }

// send makes the request.
func (f *fleet) send(o op) (re reply) {
	re.sent = time.Now()
	defer func() { re.at = time.Now() }()
	r, err := http.NewRequest(o.method(), o.url(), nil)
	if err != nil {
		panic(err) // a slip in this package
	}
	if o.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: o.cookie})
	}
	w, err := f.client.Do(r)
	if err != nil {
		return re
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil {
		re.body = string(body)
		return re
	}
	re.code = w.StatusCode
	for _, c := range w.Cookies() {
		if c.Name == "session" {
			re.cookie, re.deleted = c.Value, c.Value == ""
		}
	}
	if re.body = string(body); re.ok() {
		if err := json.Unmarshal(body, &re.answer); err != nil {
			re.code = 0
		}
	}
	return re
}

func (o op) method() string {
	if o.what == "admin" {
		return http.MethodGet
	}
	return http.MethodPost
}

func (o op) url() string {
	if o.what == "admin" {
		return "http://" + o.addr + "/admin"
	}
	q := maps.Clone(o.args)
	if o.gate != "" {
		if q == nil {
			q = url.Values{}
		}
		q.Set("gate", o.gate)
	}
	return "http://" + o.addr + "/do/" + o.what + "?" + q.Encode()
}
