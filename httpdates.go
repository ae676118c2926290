package dewar

import "github.com/dewar-go/dewar/internal/httpdates"

// HTTPDates returns a JSONProvider that writes every [time.Time] as a date of HTTP, "Mon, 06 May 2024 07:08:09 GMT", as
// Flask does, and leaves all else to p:
//
//	app.JSON = dewar.HTTPDates(app.JSON)
//
// It is for the port of an API whose clients read such dates. Without it times are in RFC 3339, which keeps zone and
// fraction. Times are found in maps, lists, pointers and the fields of structs; what has a MarshalJSON or MarshalText of
// its own writes itself. Reading stays as p does it. It is safe for concurrent use if p is.
func HTTPDates(p JSONProvider) JSONProvider { return &httpDates{JSONProvider: p} }

// httpDates is a JSONProvider that writes dates of HTTP.
type httpDates struct {
	JSONProvider
	replacer httpdates.Replacer
}

func (d *httpDates) Marshal(v any) ([]byte, error) {
	return d.JSONProvider.Marshal(d.replacer.Replace(v))
}
