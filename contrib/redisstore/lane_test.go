package redisstore_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

// TestNothingIsWrittenForACallerWhoHasGone has connections take so long to make that the deadline of one caller passes between
// the moment when its write is taken along with those of others and the moment when it could be sent. Written then, it would undo
// what the caller has done since.
func TestNothingIsWrittenForACallerWhoHasGone(t *testing.T) {
	t.Parallel()
	const slow = 400 * time.Millisecond
	client := redis.NewClient(&redis.Options{
		Addr: servers.Redis{}.Start(t).Addr(), ContextTimeoutEnabled: true, MaxRetries: -1, Protocol: 2, DisableIdentity: true,
		ConnMaxIdleTime: time.Nanosecond, // each command has a connection made
		Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			time.Sleep(slow)
			return (&net.Dialer{}).DialContext(context.WithoutCancel(ctx), network, addr)
		},
	})
	s := &redisstore.Store{Client: client}
	defer s.Close()
	now := time.Now().UTC().Truncate(time.Millisecond)
	create := func(h sessionstore.Handle, limit time.Duration) error {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		return s.Create(ctx, h, sessionstore.Record{Values: map[string]string{"a": "1"}, Created: now, Seen: now, Idle: time.Hour})
	}
	var all sync.WaitGroup
	for n := range 2 { // they are under way, and others wait
		all.Go(func() { _ = create(sessionstore.Handle{byte(n)}, 5*time.Second) })
	}
	time.Sleep(slow / 4)
	for n := range 2 {
		all.Go(func() { _ = create(sessionstore.Handle{2, byte(n)}, 5*time.Second) })
	}
	impatient := sessionstore.Handle{3}
	if err := create(impatient, slow+slow/4); err == nil {
		t.Skip("the machine was slow in another way than the test wants")
	}
	gone := time.Now()
	all.Wait()
	time.Sleep(2 * slow)
	if n, err := client.Exists(context.Background(), "dewar:session:"+impatient.String()).Result(); n != 0 || err != nil {
		t.Errorf("got %d sessions, %v, %s after the caller was told that it had failed", n, err, time.Since(gone))
	}
}

// What Redis says to the question after replicas is no answer to the write, which stands: it must not be sent again.
func TestAWriteWhoseReplicasCannotBeAskedForIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]string{
		"blocked":     "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)\r\n",
		"a replica":   "-ERR WAIT cannot be used with replica instances.\r\n",
		"loading":     "-LOADING Redis is loading the dataset in memory\r\n",
		"read-only":   "-READONLY You can't write against a read only replica.\r\n",
		"moved":       "-MOVED 3999 127.0.0.1:1\r\n",
		"no right":    "-NOPERM this user has no permissions to run the 'wait' command\r\n",
		"no answer":   "",
		"half a word": ":1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newStage(t)
			answer := func(command []string) string {
				switch strings.ToLower(command[0]) {
				case "cluster":
					return slots(server, server)
				case "wait":
					return refusal
				}
				server.taken.Add(1)
				return ":0\r\n"
			}
			server.answer.Store(&answer)
			for _, address := range []string{"redis://" + server.addr, "redis://" + server.addr + "?addr=" + server.addr} {
				s := opened(t, address)
				s.Replicas = 1
				server.taken.Store(0)
				err := s.Update(t.Context(), handle(), sessionstore.Delta{At: at()})
				if !errors.Is(err, sessionstore.ErrUnavailable) || server.taken.Load() != 1 {
					t.Errorf("Update by %s returned %v and was sent %d times, want ErrUnavailable and once", address, err, server.taken.Load())
				}
			}
		})
	}
}
