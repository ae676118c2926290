package dewar_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// numbers counts to n, and then fails if err is not nil.
func numbers(n int, err error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

func TestStreamedListsAreWholeOrCutOff(t *testing.T) {
	t.Parallel()
	broken := errors.New("the rows broke off")
	app, log := loggedApp(t)
	configure(app, "RESPONSE_BUFFER_SIZE", 1000)
	lists := map[string]iter.Seq2[int, error]{"none": numbers(0, nil), "three": numbers(3, nil), "many": numbers(5000, nil), "broken": numbers(0, broken), "half": numbers(5000, broken)}
	app.Get("/array/{list}", func(c *dewar.Context) error { return dewar.StreamJSON(c, lists[c.Params().String("list")]) })
	app.Get("/lines/{list}", func(c *dewar.Context) error {
		return dewar.StreamJSONLines(c.Status(201), lists[c.Params().String("list")])
	})
	app.Get("/array/func", func(c *dewar.Context) error {
		return dewar.StreamJSON(c, func(yield func(any, error) bool) { _ = yield(1, nil) && yield(func() {}, nil) })
	})
	for _, proto := range protocols {
		p := start(t, proto, app, nil)
		for _, tt := range []struct {
			path, contentType string
			code, items       int
			whole             bool
		}{
			{"/array/none", "application/json", 200, 0, true}, {"/array/three", "application/json", 200, 3, true}, {"/array/many", "application/json", 200, 5000, true},
			{"/array/broken", "", 500, 0, true}, {"/array/half", "application/json", 200, -1, false}, {"/array/func", "", 500, 0, true},
			{"/lines/none", "application/x-ndjson", 201, 0, true}, {"/lines/three", "application/x-ndjson", 201, 3, true}, {"/lines/many", "application/x-ndjson", 201, 5000, true},
			{"/lines/broken", "", 500, 0, true}, {"/lines/half", "application/x-ndjson", 201, -1, false},
		} {
			res, err := p.client.Get(p.server.URL + tt.path)
			must(t, err)
			text, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != tt.code || (err == nil) != tt.whole || tt.contentType != "" && res.Header.Get("Content-Type") != tt.contentType {
				t.Errorf("%s, %s: got %d %s, %v, want %d %s and the whole %t", proto, tt.path, res.StatusCode, res.Header.Get("Content-Type"), err, tt.code, tt.contentType, tt.whole)
			}
			if tt.code >= 400 || !tt.whole {
				continue
			}
			if n := countItems(t, string(text), strings.HasPrefix(tt.path, "/lines")); n != tt.items {
				t.Errorf("%s, %s: got %d items of %q, want %d", proto, tt.path, n, text[:min(len(text), 50)], tt.items)
			}
		}
		head, err := p.client.Head(p.server.URL + "/array/half")
		must(t, err)
		if head.StatusCode != 200 || head.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: got %d %v for HEAD", proto, head.StatusCode, head.Header)
		}
	}
	if n := strings.Count(log.String(), broken.Error()); n != 4*len(protocols) {
		t.Errorf("logged the error %d times, want %d", n, 4*len(protocols))
	}
}

func countItems(t *testing.T, text string, lines bool) int {
	t.Helper()
	if lines {
		n := 0
		for line := range strings.Lines(text) {
			if !json.Valid([]byte(line)) || strings.TrimSpace(line) == "" {
				t.Errorf("the line %q is no JSON", line)
			}
			n++
		}
		return n
	}
	var list []int
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Errorf("%v in %.50q", err, text)
	}
	return len(list)
}

// In DEBUG the JSON provider indents. A line is still a line.
func TestJSONLinesAreLinesWhateverTheProvider(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	configure(app, "DEBUG", true)
	app.Get("/", func(c *dewar.Context) error {
		return dewar.StreamJSONLines(c, func(yield func(dewar.Map, error) bool) {
			_ = yield(dewar.Map{"a": []int{1}, "b": "x\ny"}, nil) && yield(nil, nil)
		})
	})
	if got, want := get(app, "/").Body.String(), `{"a":[1],"b":"x\ny"}`+"\nnull\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A line is there before the next one is known, and a client that leaves stops the list.
func TestJSONLinesLeaveAtOnceAndStopWithTheClient(t *testing.T) {
	t.Parallel()
	for _, proto := range protocols {
		app := quietApp(t)
		next, stopped := make(chan int), make(chan bool)
		app.Get("/", func(c *dewar.Context) error {
			defer close(stopped)
			return dewar.StreamJSONLines(c, func(yield func(int, error) bool) {
				for {
					select {
					case n := <-next:
						if !yield(n, nil) {
							return
						}
					case <-c.Done():
						yield(0, c.Err())
						return
					}
				}
			})
		})
		p := start(t, proto, app, nil)
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, "GET", p.server.URL, nil)
		must(t, err)
		go func() { next <- 1 }()
		res, err := p.client.Do(r)
		must(t, err)
		lines := bufio.NewReader(res.Body)
		for i := 1; i < 4; i++ {
			if line, err := lines.ReadString('\n'); line != string(rune('0'+i))+"\n" || err != nil {
				t.Errorf("%s: got %q, %v, want %d", proto, line, err, i)
			}
			if i < 3 {
				next <- i + 1
			}
		}
		cancel()
		_ = res.Body.Close()
		select {
		case <-stopped:
		case <-time.After(time.Minute):
			t.Errorf("%s: the list goes on without its client", proto)
		}
	}
}
