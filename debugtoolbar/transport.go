package debugtoolbar

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// Transport returns a RoundTripper that does what base does, and records the outgoing requests of those of the App: those
// whose context is the [dewar.Context] or is derived from it. A nil base is [http.DefaultTransport]. Its time is that
// until the header has come.
//
//	client := &http.Client{Transport: debugtoolbar.Transport(nil)}
func Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return watchedTransport{base}
}

type watchedTransport struct{ base http.RoundTripper }

// RoundTrip sends a request.
func (t watchedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := of(r.Context())
	if rec == nil {
		return t.base.RoundTrip(r)
	}
	index := rec.begin(outgoing, r.Method+" "+withoutSecrets(r.URL))
	answer, err := t.base.RoundTrip(r)
	if err != nil {
		rec.end(index, err)
		return answer, err
	}
	rec.end(index, nil, line{"status", answer.Status})
	return answer, nil
}

// CloseIdleConnections closes those of base, if it has any.
func (t watchedTransport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}

// plainWord matches a part of a path that is a word or a version, and not an id or a token.
var plainWord = lazyregexp.New(`^(?:[a-z]+(?:[-_.][a-z]+)*|v\d{1,3})$`)

// withoutSecrets returns scheme, host and the words of the path of a URL, with a … for whatever may be an id or a token.
func withoutSecrets(u *url.URL) string {
	parts := strings.Split(u.Path, "/")
	for i, part := range parts {
		if part != "" && (len(part) > 16 || !plainWord.MatchString(part)) {
			parts[i] = "…"
		}
	}
	shown := u.Scheme + "://" + u.Host + strings.Join(parts, "/")
	if u.RawQuery != "" {
		shown += "?…"
	}
	return shown
}

// CloseIdleConnections is asked for by http.Client.
var _ interface{ CloseIdleConnections() } = watchedTransport{}
