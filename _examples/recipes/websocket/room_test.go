package main

import "testing"

func TestRoom_WaitsForNobody(t *testing.T) {
	t.Parallel()
	r := &room{}
	slow, quick := &member{name: "slow", out: make(chan string, backlog)}, &member{name: "quick", out: make(chan string, backlog)}
	r.enter(slow)
	r.enter(quick)
	for range backlog + 1 {
		r.say("x")
		if text, ok := <-quick.out; !ok || text != "x" {
			t.Fatalf("the quick one got %q, %v", text, ok)
		}
	}
	heard := 0
	for range slow.out { // which was closed
		heard++
	}
	if heard != backlog {
		t.Errorf("the slow one got %d messages, want %d", heard, backlog)
	}
	r.leave(slow) // again
	r.say("y")
	if text := <-quick.out; text != "y" {
		t.Errorf("got %q, want y", text)
	}
}
