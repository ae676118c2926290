package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// slots is what a node answers to CLUSTER SLOTS that takes one for the master of all slots, and the other for its replica.
func slots(master, replica *stage) string {
	answer := "*1\r\n*4\r\n:0\r\n:16383\r\n"
	for _, node := range []*stage{master, replica} {
		host, port, _ := net.SplitHostPort(node.addr)
		answer += fmt.Sprintf("*3\r\n$%d\r\n%s\r\n:%s\r\n$4\r\nnode\r\n", len(host), host, port)
	}
	return answer
}

// tellCluster has the server answer to CLUSTER SLOTS and WAIT as a node of a cluster does, and to all else with text.
func (s *stage) tellCluster(slots, text string) {
	answer := func(command []string) string {
		switch strings.ToLower(command[0]) {
		case "cluster":
			return slots
		case "wait":
			return ":1\r\n"
		}
		s.taken.Add(1)
		return text
	}
	s.answer.Store(&answer)
}

// In a failover the nodes do not learn at one moment who has a slot. Until they have, one sends a command on to another that
// sends it back, or to one that nobody has heard of. A command that no node takes has failed: it is not done, and a session is not
// gone.
func TestACommandThatNoNodeTakesHasFailed(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]func(a, b *stage) (ofA, ofB string){
		"sent to and fro": func(a, b *stage) (string, string) { return moved(b.addr), moved(a.addr) },
		"sent to itself":  func(a, b *stage) (string, string) { return moved(a.addr), moved(b.addr) },
		"sent to a stranger": func(_, _ *stage) (string, string) {
			return moved("127.0.0.1:1"), moved("127.0.0.1:1")
		},
		"read-only": func(_, _ *stage) (string, string) {
			const answer = "-READONLY You can't write against a read only replica.\r\n"
			return answer, answer
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := newStage(t), newStage(t)
			ofA, ofB := answers(a, b)
			a.tellCluster(slots(a, b), ofA)
			b.tellCluster(slots(a, b), ofB)
			for _, replicas := range []int{0, 1} {
				s := opened(t, "redis://"+a.addr+"?addr="+b.addr)
				s.Replicas = replicas
				for call, err := range calls(s, t.Context()) {
					if !errors.Is(err, sessionstore.ErrUnavailable) || !strings.Contains(fmt.Sprint(err), "CLUSTER NODES") {
						t.Errorf("%s with %d replicas returned %v, want ErrUnavailable and what shows who has the slot", call, replicas, err)
					}
				}
			}
		})
	}
}

// The old master knows who has taken its place before others do.
func TestANodeThatOthersTakeForAReplicaIsFollowed(t *testing.T) {
	t.Parallel()
	before, after := newStage(t), newStage(t)
	before.tellCluster(slots(before, after), moved(after.addr))
	after.tellCluster(slots(before, after), ":0\r\n")
	for _, replicas := range []int{0, 1} {
		s := opened(t, "redis://"+before.addr+"?addr="+after.addr)
		s.Replicas = replicas
		after.taken.Store(0)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := s.Create(ctx, handle(), record(nil)); err != nil || after.taken.Load() != 1 {
			t.Errorf("Create with %d replicas returned %v, and was sent to the new master %d times, want no error and once", replicas, err, after.taken.Load())
		}
	}
}

func moved(addr string) string { return "-MOVED 3999 " + addr + "\r\n" }
