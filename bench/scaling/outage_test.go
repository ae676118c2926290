package scaling_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/bench/scaling"
	"github.com/dewar-go/dewar/sessionstore"
)

// An outage is what clients of a node that is down for a while have seen.
type outage struct {
	mu            sync.Mutex
	refused, slow int
	closed        []time.Time // when breakers closed
}

func (o *outage) note(code int, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if code == http.StatusServiceUnavailable {
		o.refused++
		if took > 200*time.Millisecond {
			o.slow++
		}
	}
}

func (o *outage) observe(e sessionstore.Event) {
	if e.Name == "closed" {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.closed = append(o.closed, time.Now())
	}
}

// TestOutageAgreesWithTheModel has requests come at random to real SessionInterfaces, with their own breakers, while the store
// answers nothing. The clock is one of synctest.
func TestOutageAgreesWithTheModel(t *testing.T) {
	for n, o := range []scaling.Outage{
		{Rate: 25, Lasts: 12 * time.Second, Deadline: time.Second, Processes: 1},
		{Rate: 100, Lasts: 3 * time.Second, Deadline: time.Second, Processes: 4},
		{Rate: 100, Lasts: 3 * time.Second, Deadline: 300 * time.Millisecond, Processes: 4},
	} {
		if n > 0 && !full() {
			break
		}
		t.Run(fmt.Sprintf("%+v", o), func(t *testing.T) {
			const rounds, jitter = 60, 3 * time.Second // so that the node comes back at every moment between probes
			var refused, slow, back float64
			for n := range rounds {
				longer := o
				longer.Lasts += jitter * time.Duration(n) / rounds
				synctest.Test(t, func(t *testing.T) {
					seen, up := live(t, longer, uint64(n))
					refused += float64(seen.refused) / rounds
					slow += float64(seen.slow) / rounds
					for _, closed := range seen.closed {
						back += closed.Sub(up).Seconds() / rounds / o.Processes
						if late := closed.Sub(up); late > time.Second {
							t.Errorf("a breaker closed %v after the node was back, want at most a second", late)
						}
					}
				})
			}
			o.Lasts += jitter / 2
			want := o.Toll()
			near(t, "refused", refused, want.Refused, 0.03)
			near(t, "slow", slow, want.Slow, 0.05)
			near(t, "back", back, want.Back.Seconds(), 0.1)
		})
	}
}

// live has an outage of o happen, and returns when the node was up again.
func live(t *testing.T, o scaling.Outage, seed uint64) (*outage, time.Time) {
	seen, store := &outage{}, &records{kept: map[sessionstore.Handle]sessionstore.Record{}}
	var apps []*dewar.App
	for range int(o.Processes) {
		apps = append(apps, newApp(t, &sessionstore.SessionInterface{Store: store, Deadline: o.Deadline, Observe: seen.observe}))
	}
	rec := httptest.NewRecorder()
	apps[0].ServeHTTP(rec, httptest.NewRequest("GET", "/begin", nil))
	cookie := rec.Result().Cookies()[0]

	var requests sync.WaitGroup
	r := rand.New(rand.NewPCG(seed, 4))
	down := time.Now().Add(time.Second)
	up := down.Add(o.Lasts)
	for at := time.Now(); at.Before(up.Add(2 * time.Second)); at = at.Add(time.Duration(r.ExpFloat64() / o.Rate * float64(time.Second))) {
		time.Sleep(time.Until(at))
		if !at.Before(down) {
			store.setDown(at.Before(up))
		}
		app := apps[r.IntN(len(apps))]
		requests.Go(func() {
			request, rec := httptest.NewRequest("GET", "/read", nil), httptest.NewRecorder()
			request.AddCookie(cookie)
			begin := time.Now()
			app.ServeHTTP(rec, request)
			seen.note(rec.Code, time.Since(begin))
		})
	}
	requests.Wait()
	return seen, up
}
