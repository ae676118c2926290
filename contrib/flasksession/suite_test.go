package flasksession_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/flasksession"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/internal/servers"
)

// A failing hook has commands fail while it is told to.
type failing struct{ on *atomic.Bool }

var errFailing = errors.New("told to fail")

func (h failing) DialHook(next redis.DialHook) redis.DialHook { return next }
func (h failing) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if h.on.Load() {
			cmd.SetErr(errFailing)
			return errFailing
		}
		return next(ctx, cmd)
	}
}
func (h failing) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if h.on.Load() {
			return errFailing
		}
		return next(ctx, cmds)
	}
}

// A transient interface does without _permanent, which the suite does not expect.
type transient struct{ *flasksession.SessionInterface }

func (i transient) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	if err := i.Transient(c.Config()); err != nil {
		return nil, err
	}
	return i.SessionInterface.OpenSession(c)
}

// TestTheSuite has dewar's own suite look at sessions of Flask-Session in a Redis of its own.
func TestTheSuite(t *testing.T) {
	t.Parallel()
	server := servers.Redis{}.Start(t)
	var fail atomic.Bool
	dewartest.TestSessionInterface(t, dewartest.SessionBackend{
		Open: func(t testing.TB) dewar.SessionInterface {
			options, err := redis.ParseURL(server.URL())
			if err != nil {
				t.Fatal(err)
			}
			client := redis.NewClient(options)
			client.AddHook(failing{&fail})
			t.Cleanup(func() { _ = client.Close() })
			return transient{&flasksession.SessionInterface{Client: client, Deadline: 20 * time.Second}}
		},
		Sessions:   func() int { return int(server.Do("DBSIZE").(int64)) },
		Fail:       fail.Store,
		RenewMoves: true,
		KeysOnly:   true, // messages are one list, as Flask keeps them
	})
}
