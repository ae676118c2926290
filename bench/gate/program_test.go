package main

import (
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := parse([]byte(`goos: linux
pkg: example.com/m
cpu: something
BenchmarkA                  	 1000	       650.5 ns/op	     230 B/op	       1 allocs/op
some other line
BenchmarkB/x=1/of_two       	       1	   5473970 ns/op	 191.56 MB/s	   30016 B/op	     430 allocs/op
PASS
`))
	want := []result{{"A", 650.5e-9, 1, 230}, {"B/x=1/of_two", 5473970e-9, 430, 30016}}
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v and error %v, want %v", got, err, want)
	}
	for i := range got {
		got[i].seconds = float64(int64(got[i].seconds*1e12+0.5)) / 1e12
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestExactly(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Static":                       "^BenchmarkStatic$",
		"Routes/behind_a_variable/100": "^BenchmarkRoutes$/^behind_a_variable$/^100$",
		"Hosts/api.example.com":        `^BenchmarkHosts$/^api\.example\.com$`,
		"Any/a|b#01":                   `^BenchmarkAny$/^a\|b#01$`,
	} {
		if got := exactly(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	if got, want := exactly("A/x", "B"), "^BenchmarkA$/^x$|^BenchmarkB$"; got != want {
		t.Errorf("two: got %s, want %s", got, want)
	}
}
