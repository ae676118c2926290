package dewartest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/dewartest"
)

// wireCases are handlers whose responses must be the same in process and over a connection.
var wireCases = []struct {
	name  string
	serve http.HandlerFunc
}{
	{"nothing", func(http.ResponseWriter, *http.Request) {}},
	{"text", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }},
	{"HTML is sniffed", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<!doctype html><p>hi") }},
	{"no sniffing of what is encoded", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "x-none")
		io.WriteString(w, "hello")
	}},
	{"type that is switched off", func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		io.WriteString(w, "hello")
	}},
	{"exactly what a server holds back", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 2048)) }},
	{"one byte more", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 2049)) }},
	{"header after the header", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Before", "1")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-After", "1")
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, "tea")
	}},
	{"flush before the body", func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		io.WriteString(w, "late")
	}},
	{"flush within the body", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<p>early")
		http.NewResponseController(w).Flush()
		io.WriteString(w, "late")
	}},
	{"204 with a body", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		w.WriteHeader(http.StatusNoContent)
		_, err := io.WriteString(w, "hello")
		mustBe(err, http.ErrBodyNotAllowed)
	}},
	{"304 with a body", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("ETag", `"1"`)
		w.WriteHeader(http.StatusNotModified)
		_, err := io.WriteString(w, "hello")
		mustBe(err, http.ErrBodyNotAllowed)
	}},
	{"Content-Length", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "hello")
	}},
	{"more than Content-Length", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "hello")
		_, err := io.WriteString(w, "!")
		mustBe(err, http.ErrContentLength)
	}},
	{"line break in a header", func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["X-A"] = []string{"one\r\nX-B: two", " trimmed "}
	}},
	{"declared trailers", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum, X-Unused")
		io.WriteString(w, "hello")
		w.Header().Set("X-Sum", "42")
	}},
	{"trailers without a body", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(http.StatusNoContent)
		w.Header().Set("X-Sum", "42")
	}},
	{"trailers with a length", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "hello")
		w.Header().Set("X-Sum", "42")
	}},
	{"trailers by prefix", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, strings.Repeat("x", 4096))
		w.Header().Set(http.TrailerPrefix+"X-Sum", "42")
	}},
	{"early hints", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("X-Later", "1")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "hello")
	}},
	{"deadlines", func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)
		mustBe(errors.Join(control.SetReadDeadline(time.Now().Add(time.Hour)),
			control.SetWriteDeadline(time.Now().Add(time.Hour)), control.EnableFullDuplex()), nil)
	}},
	{"file", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.txt", time.Unix(1e9, 0), strings.NewReader("0123456789"))
	}},
	{"what the server tells of itself", func(w http.ResponseWriter, r *http.Request) {
		server, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
		fmt.Fprint(w, ok && server != nil, r.Context().Value(http.LocalAddrContextKey) != nil)
	}},
}

// mustBe panics when an error is not the one a server gives.
func mustBe(got, want error) {
	if !errors.Is(got, want) || want == nil && got != nil {
		panic(fmt.Sprintf("got error %v, want %v", got, want))
	}
}

// answer is a response reduced to what must agree.
type answer struct {
	Status        int
	Header        http.Header
	Trailer       http.Header
	Body          string
	Informational []dewartest.Informational
}

func TestResponsesAreThoseOfAServer(t *testing.T) {
	t.Parallel()
	for _, tt := range wireCases {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(tt.name+" "+method, func(t *testing.T) {
				t.Parallel()
				if got, want := inProcess(t, tt.serve, method), overTheWire(t, tt.serve, method); !reflect.DeepEqual(got, want) {
					t.Errorf("in process and over the wire differ:\ngot  %+v\nwant %+v", got, want)
				}
			})
		}
	}
}

func inProcess(t *testing.T, serve http.HandlerFunc, method string) answer {
	t.Helper()
	app := newApp(nil)
	app.Use(func(http.Handler) http.Handler { return serve })
	res := dewartest.New(t, app).Do(method, "/")
	if res.Aborted {
		t.Error("got an aborted response, want a whole one")
	}
	return answer{res.StatusCode, res.Header, res.Trailer, string(res.Body), res.Informational}
}

func overTheWire(t *testing.T, serve http.HandlerFunc, method string) (got answer) {
	t.Helper()
	srv := httptest.NewUnstartedServer(serve)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	t.Cleanup(srv.Close)
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			got.Informational = append(got.Informational, dewartest.Informational{StatusCode: code, Header: maps.Clone(http.Header(header))})
			return nil
		},
	})
	r, err := http.NewRequestWithContext(ctx, method, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	res, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Del("Date")
	got.Status, got.Header, got.Body = res.StatusCode, res.Header, string(body)
	for name, values := range res.Trailer { // the client lists declared trailers that never came as nil
		if values != nil {
			if got.Trailer == nil {
				got.Trailer = http.Header{}
			}
			got.Trailer[name] = values
		}
	}
	return got
}

func TestAbortedResponses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		serve      http.HandlerFunc
		wantStatus int
		wantBody   string
	}{
		{"before anything", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, ""},
		{"within the body", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "half")
			panic(http.ErrAbortHandler)
		}, 200, "half"},
		{"less than Content-Length", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "8")
			io.WriteString(w, "half")
		}, 200, "half"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(nil)
			app.Use(func(http.Handler) http.Handler { return tt.serve })
			res := dewartest.New(t, app).Get("/")
			if got := res.Header.Get("Content-Length"); tt.wantBody == "half" && got == "4" {
				t.Errorf("got Content-Length %q for half a body", got)
			}
			if !res.Aborted || res.StatusCode != tt.wantStatus || res.Text() != tt.wantBody || res.Header == nil {
				t.Errorf("got aborted %t, status %d, body %q, header %v; want aborted, %d, %q, not nil",
					res.Aborted, res.StatusCode, res.Text(), res.Header, tt.wantStatus, tt.wantBody)
			}
			if tt.wantStatus != 0 {
				return
			}
			wantFailure(t, func(t *fakeT) { dewartest.New(t, app).Get("/").Want(200) }, "got status 0, want 200", "the connection was aborted")
		})
	}
}

func TestAResponseCannotBeWrittenWhenItsHandlerHasReturned(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	var kept http.ResponseWriter
	app.Use(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			kept = w
			io.WriteString(w, "whole")
		})
	})
	res := dewartest.New(t, app).Get("/")
	_, err := io.WriteString(kept, " and more")
	if err == nil || http.NewResponseController(kept).Flush() == nil || res.Text() != "whole" {
		t.Errorf("got error %v and body %q, want errors from Write and Flush and %q", err, res.Text(), "whole")
	}
}

func TestAConnectionCannotBeHijacked(t *testing.T) {
	t.Parallel()
	app := newApp(nil)
	var err error
	app.Use(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _, err = http.NewResponseController(w).Hijack() })
	})
	dewartest.New(t, app).Get("/").Want(200)
	if !errors.Is(err, http.ErrNotSupported) {
		t.Errorf("got error %v, want %v", err, http.ErrNotSupported)
	}
}
