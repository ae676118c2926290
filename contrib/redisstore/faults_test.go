package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// soon calls f until it returns no error, and fails after a time.
func soon(t *testing.T, limit time.Duration, f func() error) {
	t.Helper()
	begin := time.Now()
	for {
		err := f()
		if err == nil {
			t.Logf("served after %s", time.Since(begin).Round(time.Millisecond))
			return
		}
		if time.Since(begin) > limit {
			t.Fatalf("after %s still: %v", limit, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// within calls f with a deadline of a second, as SessionInterface does.
func within(t *testing.T, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	return f(ctx)
}

// A server that comes back is used within a second, however many calls have failed before: a pool that has failed to connect
// often enough tries once a second only.
func TestServerComesBack(t *testing.T) {
	r := servers.Redis{AppendFsync: "always"}.Start(t)
	s := opened(t, r.URL())
	h := handle()
	if err := s.Create(t.Context(), h, record(map[string]string{"a": "1"})); err != nil {
		t.Fatal(err)
	}
	r.Kill()
	var calls sync.WaitGroup
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for range 3 {
			calls.Go(func() {
				err := within(t, func(ctx context.Context) error { _, err := s.Load(ctx, h); return err })
				if !errors.Is(err, sessionstore.ErrUnavailable) {
					t.Errorf("Load from a dead server returned %v, want ErrUnavailable", err)
				}
			})
		}
	}
	calls.Wait()
	r.Start()
	soon(t, time.Second, func() error {
		return within(t, func(ctx context.Context) error { _, err := s.Load(ctx, h); return err })
	})
}

func TestScriptsAreForgottenWhileTheyRun(t *testing.T) {
	r := servers.Redis{}.Start(t)
	s := opened(t, r.URL())
	h := handle()
	if err := s.Create(t.Context(), h, record(nil)); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var flushing sync.WaitGroup
	flushing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				r.Do("SCRIPT", "FLUSH")
			}
		}
	})
	var writers sync.WaitGroup
	for w := range 16 {
		writers.Go(func() {
			for n := range rounds(50, 1000) {
				err := s.Update(t.Context(), h, sessionstore.Delta{At: at(), Set: map[string]string{fmt.Sprint(w, ".", n): "1"}})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	flushing.Wait()
	got, err := s.Load(t.Context(), h)
	if want := 16 * rounds(50, 1000); err != nil || len(got.Values) != want {
		t.Fatalf("%d values are left and %v, want %d", len(got.Values), err, want)
	}
}

// keepWriting has writers set values of one session each, until stop is closed, and read each that was acknowledged back. It
// returns the last ones.
func keepWriting(t *testing.T, s *redisstore.Store, writers int, stop <-chan struct{}) func() map[sessionstore.Handle]int {
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		done = map[sessionstore.Handle]int{}
	)
	for range writers {
		h := handle()
		if err := s.Create(t.Context(), h, record(nil)); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for n := 1; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				begin := time.Now()
				err := within(t, func(ctx context.Context) error {
					return s.Update(ctx, h, sessionstore.Delta{At: at(), Set: map[string]string{"n": fmt.Sprint(n)}})
				})
				if took := time.Since(begin); took > 1200*time.Millisecond {
					t.Errorf("a write took %s", took)
				}
				switch {
				case err == nil:
					mu.Lock()
					done[h] = n
					mu.Unlock()
					written(t, s, h, n)
				case !errors.Is(err, sessionstore.ErrUnavailable):
					t.Errorf("a write failed with %v, want ErrUnavailable", err)
				}
			}
		})
	}
	return func() map[sessionstore.Handle]int { wg.Wait(); return done }
}

// written fails if a session that can be read lacks what was acknowledged.
func written(t *testing.T, s *redisstore.Store, h sessionstore.Handle, want int) {
	t.Helper()
	var r sessionstore.Record
	err := within(t, func(ctx context.Context) (err error) { r, err = s.Load(ctx, h); return err })
	var got int
	_, _ = fmt.Sscan(r.Values["n"], &got)
	if err == nil && got < want || errors.Is(err, sessionstore.ErrNotFound) {
		t.Errorf("a session has write %d and %v, just when %d was acknowledged", got, err, want)
	}
}

// kept fails for each session that lacks what was acknowledged.
func kept(t *testing.T, s *redisstore.Store, acknowledged map[sessionstore.Handle]int) {
	t.Helper()
	total := 0
	for h, want := range acknowledged {
		total += want
		var got int
		r, err := s.Load(t.Context(), h)
		_, _ = fmt.Sscan(r.Values["n"], &got)
		if err != nil || got < want {
			t.Errorf("a session has write %d and %v, but %d was acknowledged", got, err, want)
		}
	}
	t.Logf("%d writes were acknowledged", total)
}

func TestReplicasKeepAFailoverOfACluster(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	s := opened(t, clusterURL(c))
	s.Replicas = 1
	stop := make(chan struct{})
	acknowledged := keepWriting(t, s, 30, stop)
	var dead string
	for n := range rounds(1, 3) {
		time.Sleep(300 * time.Millisecond) // of writes
		master := c.Masters()[n%3]
		dead = master.Addr()
		master.Kill()
		c.Promoted(master)
		time.Sleep(300 * time.Millisecond)
		master.Start()
		c.Ready()
	}
	close(stop)
	kept(t, s, acknowledged())
	for range 1000 {
		if node := s.Node(handle()); node == dead {
			t.Fatalf("Node returned %q, which is a replica by now", node)
		}
	}
}

func TestReplicasKeepAFailoverOfSentinel(t *testing.T) {
	set := servers.Sentinel{Replicas: 2}.Start(t)
	s := opened(t, sentinelURL(set))
	s.Replicas = 2
	stop := make(chan struct{})
	acknowledged := keepWriting(t, s, 30, stop)
	time.Sleep(300 * time.Millisecond) // of writes
	primary := set.Primary()
	primary.Kill()
	set.Promoted(primary)
	time.Sleep(300 * time.Millisecond)
	primary.Start()
	set.Ready()
	close(stop)
	soon(t, 10*time.Second, func() error {
		return s.Create(t.Context(), handle(), record(nil))
	})
	kept(t, s, acknowledged())
}

// A failover that an operator asks for loses nothing, with replicas or without.
func TestOrderedFailover(t *testing.T) {
	c := servers.Cluster{}.Start(t)
	for _, replicas := range []int{0, 1} {
		t.Run(fmt.Sprintf("%d replicas", replicas), func(t *testing.T) {
			s := opened(t, patient(clusterURL(c)))
			s.Replicas = replicas
			stop := make(chan struct{})
			acknowledged := keepWriting(t, s, 10, stop)
			for _, m := range c.Masters() {
				c.Failover(m)
			}
			close(stop)
			kept(t, s, acknowledged())
		})
	}
}

func TestTooFewReplicas(t *testing.T) {
	primary := servers.Redis{}.Start(t)
	replica := servers.Redis{ReplicaOf: primary}.Start(t)
	s := opened(t, primary.URL())
	s.Replicas = 1
	soon(t, 10*time.Second, func() error { return s.Create(t.Context(), handle(), record(nil)) })
	use(t, s, 3)
	replica.Stop()
	for call, err := range calls(s, t.Context()) {
		reads := call == "Load" || call == "Claims" || call == "Mark"
		if errors.Is(err, sessionstore.ErrUnavailable) == reads {
			t.Errorf("%s without a replica returned %v", call, err)
		}
	}
	replica.Start()
	soon(t, 10*time.Second, func() error { return calls(s, t.Context())["Claim"] })
	use(t, s, 3)
}
