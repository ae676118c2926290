package storesiege

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// A visitor logs in, uses the session, logs out, and begins again; one request after the other.
type visitor struct {
	*rand.Rand
	f       *fleet
	ledger  *ledger
	name    string
	logins  int
	writes  int
	account *account // nil when not logged in
}

// live goes on until stop is closed.
func (v *visitor) live(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(10*time.Millisecond + v.think()): // as people do
			v.step()
		}
	}
}

// think returns how long a visitor looks at a page.
func (v *visitor) think() time.Duration { return time.Duration(v.IntN(40)) * time.Millisecond }

// step makes the next request.
func (v *visitor) step() {
	if v.account == nil {
		v.login()
		return
	}
	switch n := v.IntN(20); {
	case n < 6:
		v.set()
	case n < 9:
		v.add()
	case n < 14:
		v.read()
	case n < 16:
		v.admin()
	case n < 18:
		v.renew()
	default:
		v.logout()
	}
}

// ask sends a request with the visitor's cookie and has the oracles look at the reply. It returns false when the session is
// over for the visitor.
func (v *visitor) ask(what string, args url.Values) (re reply, there bool) {
	a := v.account
	o := op{what: what, args: args, cookie: a.cookie, addr: v.f.addrs[v.IntN(len(v.f.addrs))]}
	re = v.f.send(o)
	v.ledger.heed(o, re)
	switch {
	case re.ok() && re.answer.UID == a.uid:
		return re, true
	case re.ok() && re.answer.UID != "":
		v.ledger.mix(o, a.uid, re.answer.UID)
	case re.ok() && a.unsure, re.code == http.StatusConflict && a.unsure:
	case re.ok():
		v.ledger.miss(o, a)
	case re.code == http.StatusConflict:
		v.ledger.lose(1, "%s of %s was answered 409 %s", o, a.uid, re.body)
	case re.code == http.StatusForbidden:
		return re, true // what it means is for the guard
	default:
		return re, true
	}
	v.account = nil
	return re, false
}

// mix notes that a visitor got another's session.
func (l *ledger) mix(o op, want, got string) {
	l.mu.Lock()
	l.counts.mixed++
	l.mu.Unlock()
	l.complain("isolation: %s of %s was answered for %s", o, want, got)
}

// miss notes that a valid cookie opened an empty session: because the session is lost, or because the application made the
// visitor anonymous.
func (l *ledger) miss(o op, a *account) {
	l.mu.Lock()
	allowed := l.mayLose
	if allowed {
		l.counts.lost += a.writes()
	} else {
		l.counts.anonymous++
	}
	l.mu.Unlock()
	if !allowed {
		l.complain("anonymous: %s of %s got an empty session", o, a.uid)
	}
}

func (v *visitor) login() {
	v.logins++
	uid, admin := fmt.Sprintf("%s-%d", v.name, v.logins), v.IntN(2) == 0
	o := op{what: "login", addr: v.f.addrs[v.IntN(len(v.f.addrs))], args: url.Values{"uid": {uid}, "admin": {strconv.FormatBool(admin)}}}
	re := v.f.send(o)
	v.ledger.heed(o, re)
	if re.ok() && re.cookie != "" {
		v.ledger.acknowledge()
		v.account = newAccount(uid, admin, re.cookie)
	}
}

func (v *visitor) set() {
	v.writes++
	key, value := fmt.Sprintf("key-%d", v.IntN(4)), fmt.Sprintf("canary-value-%s-%d", v.name, v.writes)
	args := url.Values{"key": {key}, "value": {value}}
	if v.IntN(4) == 0 {
		args.Set("pad", "40000")
	}
	a := v.account
	if _, known := a.holds[key]; !known {
		a.holds[key] = ""
	}
	re, there := v.ask("set", args)
	if !there {
		return
	}
	v.see(a, re)
	if a.set(key, value, re); re.ok() {
		v.ledger.acknowledge()
	}
}

// see has the account compared with what a request saw before it changed anything.
func (v *visitor) see(a *account, re reply) {
	if re.ok() {
		a.compare(v.ledger, re.answer.Saw)
	}
}

func (v *visitor) add() {
	a := v.account
	re, there := v.ask("add", nil)
	if !there {
		return
	}
	v.see(a, re)
	if re.ok() {
		a.least, a.most = a.least+1, a.most+1
		v.ledger.acknowledge()
	} else if re.unknown() {
		a.most++
	}
}

func (v *visitor) read() {
	a := v.account
	if re, there := v.ask("read", nil); there {
		v.see(a, re)
	}
}

// answerRoll reads, and takes what is there for the truth, now that the fault is over.
func (v *visitor) answerRoll() {
	a := v.account
	if a == nil {
		return
	}
	if re, there := v.ask("read", nil); there && re.ok() {
		v.see(a, re)
		a.settle(re.answer.Saw)
	}
}

// admin asks for the page that only admins may see.
func (v *visitor) admin() {
	a := v.account
	re, there := v.ask("admin", nil)
	switch {
	case !there:
	case re.ok() && !a.admin:
		v.ledger.complain("guard: %s is no admin and saw the page", a.uid)
	case re.code == http.StatusForbidden && a.admin && !a.unsure:
		v.ledger.miss(op{what: "admin"}, a)
		v.account = nil
	}
}

// renew changes the secret. If it is not known whether that was done, neither is the secret.
func (v *visitor) renew() {
	a := v.account
	old := a.cookie
	re, there := v.ask("renew", nil)
	switch {
	case !there:
	case re.ok() && re.cookie == "":
		v.ledger.complain("renew of %s was answered %d without a cookie", a.uid, re.code)
	case re.ok():
		v.see(a, re)
		a.cookie = re.cookie
		v.ledger.bury(old)
	case re.unknown():
		a.unsure = true
	}
}

// logout ends the session. What was acknowledged must be the end.
func (v *visitor) logout() {
	a := v.account
	re, there := v.ask("destroy", nil)
	switch {
	case re.ok():
		v.account = nil
		v.ledger.bury(a.cookie)
	case there && re.unknown():
		a.unsure = true
	}
}

// visitGraves tries the cookies whose sessions have ended or been renewed last. One that opens is not tried again.
func visitGraves(f *fleet, l *ledger, most int) {
	l.mu.Lock()
	graves := slices.Clone(l.graves[max(0, len(l.graves)-most):])
	l.mu.Unlock()
	for i, cookie := range graves {
		o := op{what: "read", cookie: cookie, addr: f.addrs[i%len(f.addrs)]}
		re := f.send(o)
		if l.heed(o, re); re.ok() && len(re.answer.Saw) > 0 {
			l.comeBack(cookie, re.answer.UID)
		}
	}
}

// comeBack notes that a cookie opens a session whose end was acknowledged.
func (l *ledger) comeBack(cookie, uid string) {
	l.mu.Lock()
	l.counts.back++
	l.graves = slices.DeleteFunc(l.graves, func(c string) bool { return c == cookie })
	allowed := l.mayLose
	l.mu.Unlock()
	if !allowed {
		l.complain("back: a cookie whose end was acknowledged opens the session of %s", uid)
	}
}
