package redisstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/redisstore"
	"github.com/dewar-go/dewar/sessionstore"
)

// A stage is a server that answers as it is told. It lets connections be made as Redis does.
type stage struct {
	addr   string
	answer atomic.Pointer[func(command []string) string]
	calls  atomic.Int64 // of what was told
	taken  atomic.Int64 // those of them that are neither about the cluster nor WAIT
}

func newStage(t *testing.T) *stage {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &stage{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

// tell has the server answer with text from now on. After a text that is no whole answer it hangs up.
func (s *stage) tell(text string) {
	s.calls.Store(0)
	answer := func([]string) string { return text }
	s.answer.Store(&answer)
}

func (s *stage) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		command, err := readCommand(in)
		if err != nil {
			return
		}
		switch strings.ToLower(command[0]) {
		case "hello":
			_, _ = c.Write([]byte("-ERR unknown command\r\n"))
			continue
		case "client", "select", "ping", "auth":
			_, _ = c.Write([]byte("+OK\r\n"))
			continue
		}
		s.calls.Add(1)
		answer := (*s.answer.Load())(command)
		if _, err := c.Write([]byte(answer)); err != nil || !strings.HasSuffix(answer, "\r\n") {
			return
		}
	}
}

func readCommand(in *bufio.Reader) ([]string, error) {
	var n int
	line, err := in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if n, err = strconv.Atoi(strings.TrimSpace(line[1:])); err != nil {
		return nil, err
	}
	command := make([]string, n)
	for i := range command {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, err := strconv.Atoi(strings.TrimSpace(line[1:]))
		if err != nil {
			return nil, err
		}
		b := make([]byte, size+2)
		for n := 0; n < len(b); {
			m, err := in.Read(b[n:])
			if err != nil {
				return nil, err
			}
			n += m
		}
		command[i] = string(b[:size])
	}
	return command, nil
}

// calls are all calls of a store that ask Redis.
func calls(s *redisstore.Store, ctx context.Context) map[string]error {
	h, failed := sessionstore.Handle{1}, map[string]error{}
	_, failed["Load"] = s.Load(ctx, h)
	failed["Create"] = s.Create(ctx, h, record(map[string]string{"a": "1"}))
	failed["Update"] = s.Update(ctx, h, sessionstore.Delta{At: at(), Set: map[string]string{"a": "1"}})
	failed["Delete"] = s.Delete(ctx, h)
	failed["Claim"] = s.Claim(ctx, "ann", h, at(), at())
	failed["Release"] = s.Release(ctx, "ann", h)
	_, failed["Claims"] = s.Claims(ctx, "ann")
	_, failed["Mark"] = s.Mark(ctx, "ann")
	_, failed["RaiseMark"] = s.RaiseMark(ctx, "ann", at())
	return failed
}

func TestAnswersOfSickServers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, answer string
		want         error
		cure         string
	}{
		{"loading", "-LOADING Redis is loading the dataset in memory\r\n", sessionstore.ErrUnavailable, "loads its data"},
		{"a replica", "-READONLY You can't write against a read only replica.\r\n", sessionstore.ErrUnavailable, "name the master"},
		{"replica without master", "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n", sessionstore.ErrUnavailable, "lost its master"},
		{"cluster down", "-CLUSTERDOWN The cluster is down\r\n", sessionstore.ErrUnavailable, "CLUSTER INFO"},
		{"slot under way", "-TRYAGAIN Multiple keys request during rehashing of slot\r\n", sessionstore.ErrUnavailable, "being moved"},
		{"a cluster", "-MOVED 3999 127.0.0.1:6381\r\n", sessionstore.ErrUnavailable, "?addr="},
		{"a slot that moves", "-ASK 3999 127.0.0.1:6381\r\n", sessionstore.ErrUnavailable, "?addr="},
		{"few replicas", "-NOREPLICAS Not enough good replicas to write.\r\n", sessionstore.ErrUnavailable, "min-replicas-to-write"},
		{"memory full", "-OOM command not allowed when used memory > 'maxmemory'.\r\n", sessionstore.ErrUnavailable, "maxmemory"},
		{"memory full, in a script of Redis 6", "-ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed\r\n", sessionstore.ErrUnavailable, "maxmemory"},
		{"disk full", "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.\r\n", sessionstore.ErrUnavailable, "disk"},
		{"no password", "-NOAUTH Authentication required.\r\n", sessionstore.ErrUnavailable, "password"},
		{"wrong password", "-WRONGPASS invalid username-password pair or user is disabled.\r\n", sessionstore.ErrUnavailable, "correct the URL"},
		{"no right", "-NOPERM User app has no permissions to run the 'evalsha' command\r\n", sessionstore.ErrUnavailable, "README"},
		{"busy", "-BUSY Redis is busy running a script.\r\n", sessionstore.ErrUnavailable, "SCRIPT KILL"},
		{"too many clients", "-ERR max number of clients reached\r\n", sessionstore.ErrUnavailable, "maxclients"},
		{"a key of another type", "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n", sessionstore.ErrUnreadable, "Prefix"},
		{"a key of another type, in a script of Redis 6", "-ERR Error running script (call to f_1): @user_script:1: WRONGTYPE Operation against a key\r\n", sessionstore.ErrUnreadable, "Prefix"},
		{"nothing", "", sessionstore.ErrUnavailable, ""},
		{"half a bulk", "*2\r\n$1\r\na\r\n$100\r\nhalf", sessionstore.ErrUnavailable, ""},
		{"half a number", ":1", sessionstore.ErrUnavailable, ""},
		{"half an error", "-LOAD", sessionstore.ErrUnavailable, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := newStage(t)
			server.tell(tt.answer)
			for _, replicas := range []int{0, 1} {
				s := opened(t, "redis://app:verysecret@"+server.addr)
				s.Replicas = replicas
				for call, err := range calls(s, t.Context()) {
					if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.cure) {
						t.Errorf("%s with %d replicas returned %v, want %v with %q", call, replicas, err, tt.want, tt.cure)
					}
					if strings.Contains(fmt.Sprint(err), "verysecret") {
						t.Errorf("%s shows the password: %v", call, err)
					}
				}
			}
		})
	}
}

// Answers that no Redis gives are errors or nothing found, never a panic.
func TestAnswersOfNoRedis(t *testing.T) {
	t.Parallel()
	server := newStage(t)
	s := opened(t, "redis://"+server.addr)
	for _, answer := range []string{"$-1\r\n", "*-1\r\n", "_\r\n", "*1\r\n$1\r\na\r\n", "*2\r\n$2\r\n\x00m\r\n$1\r\na\r\n", "*2\r\n$-1\r\n$-1\r\n", ":99\r\n", ":-1\r\n", "+OK\r\n", "*2\r\n:1\r\n:2\r\n", "?\r\n", "%1\r\n$1\r\na\r\n*0\r\n", "-\r\n", "\r\n"} {
		server.tell(answer)
		for _, call := range []string{"Load", "Create", "Update"} {
			if err := calls(s, t.Context())[call]; err == nil {
				t.Errorf("%s returned no error for %q", call, answer)
			}
		}
	}
}

// Where nobody listens nothing was done: the error names the address, and is one that a write is sent again for.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	s := opened(t, "redis://"+addr)
	for call, err := range calls(s, t.Context()) {
		dial := new(net.OpError)
		if !errors.Is(err, sessionstore.ErrUnavailable) || !strings.Contains(fmt.Sprint(err), addr) {
			t.Errorf("%s returned %v, want ErrUnavailable and the address %s", call, err, addr)
		}
		if !errors.As(err, &dial) || dial.Op != "dial" {
			t.Errorf("%s returned %v, want it to be known as a failure to connect", call, err)
		}
	}
}

// A write whose answer is lost may have been done: it is not sent again, or a cart would count twice. A read is.
func TestWritesAreSentOnce(t *testing.T) {
	t.Parallel()
	server := newStage(t)
	s := opened(t, "redis://"+server.addr)
	for call, want := range map[string]int64{"lost": 1, "refused": 2} {
		server.tell(map[string]string{"lost": "", "refused": "-LOADING Redis is loading the dataset in memory\r\n"}[call])
		if err := s.Update(t.Context(), handle(), sessionstore.Delta{At: at()}); !errors.Is(err, sessionstore.ErrUnavailable) {
			t.Errorf("Update returned %v, want ErrUnavailable", err)
		}
		if got := server.calls.Load(); got != want {
			t.Errorf("an update that is %s was sent %d times, want %d", call, got, want)
		}
	}
	server.tell("")
	_, _ = s.Load(t.Context(), handle())
	if got := server.calls.Load(); got != 2 {
		t.Errorf("Load was sent %d times, want 2", got)
	}
}

// A caller waits no longer than its context, also for a command that waits for others.
func TestDeadline(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := opened(t, "redis://"+l.Addr().String())
	returned := make(chan time.Duration)
	const n = 200
	for i := range n {
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
			defer cancel()
			begin := time.Now()
			if i%2 == 0 {
				_, _ = s.Load(ctx, handle())
			} else {
				err := s.Update(ctx, handle(), sessionstore.Delta{At: at()})
				if !errors.Is(err, sessionstore.ErrUnavailable) {
					t.Errorf("Update returned %v, want ErrUnavailable", err)
				}
			}
			returned <- time.Since(begin)
		}()
	}
	for range n {
		if took := <-returned; took > 750*time.Millisecond {
			t.Errorf("a call with 250 ms took %s", took)
		}
	}
}
