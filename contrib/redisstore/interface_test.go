package redisstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// What visitors get, with two processes on one Redis.
func TestSessionInterface(t *testing.T) {
	r := servers.Redis{}.Start(t)
	proxy := servers.NewProxy(t, r.Addr())
	prefix := fmt.Sprintf("suite:%x:", rand.Uint64())
	var ahead atomic.Int64
	dewartest.TestSessionInterface(t, dewartest.SessionBackend{
		Open: func(t testing.TB) dewar.SessionInterface {
			s := opened(t, patient("redis://"+proxy.Addr()))
			s.Prefix = prefix
			return &sessionstore.SessionInterface{Store: s, Clock: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}
		},
		Sessions: func() int { return len(r.Do("KEYS", prefix+"*").([]any)) },
		Asked:    func() int { return int(proxy.Counts().RoundTrips) },
		Advance:  func(d time.Duration) { ahead.Add(int64(d)) },
		Absolute: true,
		Damage:   func(id, key string) { r.Do("HSET", prefix+id, key, "{") },
		Fail: func(failing bool) {
			if failing {
				proxy.Set(servers.Refuse)
			} else {
				proxy.Set(servers.Pass)
			}
		},
	})
}

// 64 requests at once each keep their own key.
func TestSessionOfManyRequests(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	a, b := opened(t, patient(clusterURL(c))), opened(t, patient(clusterURL(c)))
	b.Prefix = a.Prefix
	for range rounds(20, 500) {
		h := handle()
		if err := a.Create(t.Context(), h, record(nil)); err != nil {
			t.Fatal(err)
		}
		failed := make(chan error)
		for n := range 64 {
			go func() {
				s := a
				if n%2 == 1 {
					s = b
				}
				failed <- s.Update(context.WithoutCancel(t.Context()), h, sessionstore.Delta{At: at(), Set: map[string]string{fmt.Sprint(n): "1"}})
			}()
		}
		for range 64 {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		r, err := b.Load(t.Context(), h)
		if err != nil || len(r.Values) != 64 {
			t.Fatalf("%d of 64 keys are kept, and %v", len(r.Values), err)
		}
	}
}
