package dewar_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
)

// parsingConverter counts what it parses.
type parsingConverter struct {
	upperConverter
	parsed *atomic.Int32
}

func (c parsingConverter) Parse(text string) (any, error) {
	c.parsed.Add(1)
	return strings.ToLower(text), nil
}

// Values are converted when they are asked for, but those of an application's own converters once, at the match.
func TestValuesAreThoseOfThePath(t *testing.T) {
	t.Parallel()
	var parsed atomic.Int32
	app := newApp(t)
	app.Converter("counts", parsingConverter{parsed: &parsed})
	show := func(c *dewar.Context) error {
		var all []string
		for range 2 {
			for _, key := range c.Params().Keys() {
				all = append(all, fmt.Sprintf("%s=%v", key, c.Params().Get(key)))
			}
			c.Request.URL.Path = "/somewhere/else" // they stay those of the match
		}
		return c.Text(strings.Join(all[:len(all)/2], " ") + fmt.Sprint(strings.Join(all[:len(all)/2], " ") == strings.Join(all[len(all)/2:], " ")))
	}
	app.Get("/one/{a:int}", show, dewar.Endpoint("one"))
	app.Get("/four/{a}/{b:float}/{c:any(x,y)}/{d:path}", show, dewar.Endpoint("four"))
	app.Get("/five/{a}/{b}/{c}/{d}/{e:int}", show, dewar.Endpoint("five"))
	app.Get("/own/{a:int}/{b:counts}", show, dewar.Endpoint("own"))
	app.Get("/mixed/{a:int}-{b:int}.{c}", show, dewar.Endpoint("mixed"))
	app.Get("/hosted/{a:int}/{b}", show, dewar.Endpoint("hosted"), dewar.Host("{sub}host"))
	app.Get("/hosted/{a:int}/{b:counts}/", show, dewar.Endpoint("hosted_own"), dewar.Host("{sub}host"))
	app.Get("/hosted/", show, dewar.Endpoint("hosted_alone"), dewar.Host("{sub}host"))
	app.Get("/pages/", show, dewar.Endpoint("pages"), dewar.Defaults(dewar.Map{"a": 1}))
	app.Get("/pages/{a:int}", show, dewar.Endpoint("pages"))
	long := strings.Repeat("long", 20_000) // longer than two bytes can count
	for _, tt := range []struct{ path, want string }{
		{"/one/4711", "a=4711true"},
		{"/four/%C3%A4/1.5/y/p/q", "a=ä b=1.5 c=y d=p/qtrue"},
		{"/five/v/w/x/y/5", "a=v b=w c=x d=y e=5true"},
		{"/own/7/ABC", "a=7 b=abctrue"},
		{"/mixed/1-2.html", "a=1 b=2 c=htmltrue"},
		{"/hosted/7/ann", "a=7 b=ann sub=localtrue"},
		{"/hosted/7/ABC/", "a=7 b=abc sub=localtrue"},
		{"/hosted/", "sub=localtrue"},
		{"/pages/2", "a=2true"},
		{"/four/" + long + "/1.5/x/" + long, "a=" + long + " b=1.5 c=x d=" + long + "true"},
	} {
		parsed.Store(0)
		if rec := send(app, "GET", tt.path); rec.Code != 200 || rec.Body.String() != tt.want {
			t.Errorf("%.40s: got %d %.80q, want 200 %.80q", tt.path, rec.Code, rec.Body, tt.want)
		}
		if n := parsed.Load(); n > 1 {
			t.Errorf("%.40s: the converter was asked %d times, want once", tt.path, n)
		}
	}
	if rec := send(app, "GET", "/pages/1"); rec.Code != 308 || rec.Header().Get("Location") != "/pages/" {
		t.Errorf("/pages/1: got %d %q, want a redirect to /pages/, whose default it is", rec.Code, rec.Header().Get("Location"))
	}
}
