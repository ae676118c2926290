package sse

import (
	"testing"
	"time"
)

func TestEncode(t *testing.T) {
	for _, tt := range []struct {
		name, id, event, data string
		retry                 time.Duration
		want                  string
	}{
		{"nothing", "", "", "", 0, "data: \n\n"},
		{"text", "", "", "a", 0, "data: a\n\n"},
		{"lines of every kind", "", "", "a\r\nb\rc\nd", 0, "data: a\ndata: b\ndata: c\ndata: d\n\n"},
		{"everything", "7", "tick", "x", 2 * time.Second, "id: 7\nevent: tick\nretry: 2000\ndata: x\n\n"},
		{"an ID alone", "7", "", "", 0, "id: 7\n\n"},
		{"a name alone", "", "tick", "", 0, "event: tick\ndata: \n\n"},
		{"less than a millisecond", "", "", "", time.Nanosecond, "retry: 1\n\n"},
	} {
		if got, err := Encode(tt.id, tt.event, tt.data, tt.retry); got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	for _, bad := range []string{"a\n", "a\r", "a\x00"} {
		if _, err := Encode(bad, "", "", 0); err == nil {
			t.Errorf("the ID %q was taken", bad)
		}
		if _, err := Encode("", bad, "", 0); err == nil {
			t.Errorf("the name %q was taken", bad)
		}
	}
	if _, err := Encode("", "", "", -1); err == nil {
		t.Error("a negative retry was taken")
	}
}
