package taggedjson_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar/internal/taggedjson"
)

// payload is a session of everyday size.
const payload = `{"_csrf":"dGhpcyBpcyBhIHRva2Vu","user_id":42,"visits":1234567}`

func TestAllocations(t *testing.T) {
	c := newCodec(t)
	data, number, text := payload, "42", `"plain"`
	var i int
	var s string
	buf, reused := make([]byte, 0, 256), make([]taggedjson.Member, 0, 8)
	session := any(map[string]any{"user_id": 42, "name": "x", "visits": 1.5})
	for _, tt := range []struct {
		name string
		max  float64
		run  func() error
	}{
		{"Members", 1, func() error { _, err := taggedjson.Members(data, nil); return err }},
		{"Members into a slice", 0, func() error { _, err := taggedjson.Members(data, reused); return err }},
		{"Append of an int", 0, func() error { _, err := c.Append(buf, 42); return err }},
		{"Append of a map", 0, func() error { _, err := c.Append(buf, session); return err }},
		{"DecodeInto an int", 0, func() error { return c.DecodeInto(number, &i) }},
		{"DecodeInto a string", 1, func() error { return c.DecodeInto(text, &s) }},
	} {
		got := testing.AllocsPerRun(100, func() {
			if err := tt.run(); err != nil {
				t.Fatal(err)
			}
		})
		if got > tt.max {
			t.Errorf("%s: got %v allocations, want at most %v", tt.name, got, tt.max)
		}
	}
}

func BenchmarkMembers(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := taggedjson.Members(payload, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendObject(b *testing.B) {
	members, err := taggedjson.Members(payload, nil)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		taggedjson.AppendObject(buf, members)
	}
}

func BenchmarkAppend(b *testing.B) {
	c := newCodec(b)
	for _, bench := range []struct {
		name string
		v    any
	}{
		{"int", 42},
		{"string", "a string of everyday length"},
		{"time", time.Unix(1700000000, 0)},
		{"map", map[string]any{"user_id": 42, "name": "x", "visits": 1.5}},
		{"strings", []string{"a", "b", "c"}},
		{"struct", Item{Name: "tea", Price: 2.5}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			buf := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Append(buf, bench.v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	c := newCodec(b)
	for name, raw := range map[string]string{"session": payload, "everyTag": everyTag} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decode(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeInto(b *testing.B) {
	c := newCodec(b)
	for _, bench := range []struct {
		name, raw string
		dst       any
	}{
		{"int", "42", new(int)},
		{"string", `"a string of everyday length"`, new(string)},
		{"float64", "1.5", new(float64)},
		{"bytes", `{" b":"AP8="}`, new([]byte)},
		{"time", `{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}`, new(time.Time)},
		{"struct", `{"Price":2.5,"name":"tea"}`, new(Item)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.DecodeInto(bench.raw, bench.dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
