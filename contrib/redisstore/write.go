package redisstore

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/dewar-go/dewar/sessionstore"
)

// A script is known to Redis by its hash, once Redis has seen it.
type script struct{ text, hash string }

func newScript(text string) script {
	sum := sha1.Sum([]byte(text))
	return script{text, hex.EncodeToString(sum[:])}
}

// A write is a command or a script that changes what is under one key.
type write struct {
	key   string
	text  string // of the script, if it is one
	whole bool   // args have it
	args  []any
}

func command(name, key string, args ...any) write {
	return write{key: key, args: append([]any{name, key}, args...)}
}

// newWrite returns a run of a script with room for n arguments.
func newWrite(s script, key string, n int) write {
	return write{key: key, text: s.text, args: append(make([]any, 0, 4+n), "evalsha", s.hash, 1, key)}
}

// withText returns the write with the text of its script, for a server that has not seen it.
func (w write) withText() write {
	w.args, w.whole = append([]any{"eval", w.text}, w.args[2:]...), true
	return w
}

// A once is a command that is never sent twice by the client: the first may have been done though no answer came.
type once struct{ *redis.IntCmd }

func (once) NoRetry() bool { return true }

func newOnce(ctx context.Context, args ...any) once { return once{redis.NewIntCmd(ctx, args...)} }

// verdicts are what the scripts of a session return.
var verdicts = [...]error{nil, sessionstore.ErrNotFound, sessionstore.ErrConflict, errMeta, sessionstore.ErrExists}

// verdict runs a script of a session and returns what that says.
func (b *base) verdict(ctx context.Context, doing string, w write) error {
	n, err := b.write(ctx, doing, w)
	switch {
	case err != nil:
		return err
	case n < 0 || n >= int64(len(verdicts)):
		return fmt.Errorf("redisstore: %s: the script returned %d; is another version of it in this Redis?", doing, n)
	}
	return verdicts[n]
}

// write does a write once, and has it copied to the replicas that are asked for.
func (b *base) write(ctx context.Context, doing string, w write) (int64, error) {
	for try := 1; ; try++ {
		cmd := newOnce(ctx, w.args...)
		err := b.route.do(ctx, b.route.writes, w.key, cmd)
		switch {
		case err == nil:
			return cmd.Val(), nil
		case redis.HasErrorPrefix(err, "NOSCRIPT") && !w.whole:
			w = w.withText()
		case try == tries || !refused(err) || !sleep(ctx, pause):
			return 0, b.failure(doing, err)
		}
	}
}
