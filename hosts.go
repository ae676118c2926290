package dewar

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/hostname"
	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// A place is where a route answers: a pattern of hosts, or with below one of what stands before SERVER_NAME.
type place struct {
	pattern string
	below   bool
}

// String returns the option that makes p.
func (p place) String() string {
	if p.below {
		return fmt.Sprintf("Subdomain(%q)", p.pattern)
	}
	return fmt.Sprintf("Host(%q)", p.pattern)
}

// everywhere reports whether p, which may be nil, is every host.
func (p *place) everywhere() bool { return p == nil || !p.below && p.pattern == "" }

// full returns the pattern of whole hosts.
func (p *place) full(serverName string) string {
	switch {
	case !p.below:
		return p.pattern
	case p.pattern == "":
		return serverName
	}
	return p.pattern + "." + serverName
}

// parse reads the pattern as the rule that it is with a slash in front; nil for one without text.
func (p *place) parse(set converterSet) (*rule.Rule, error) {
	if p == nil || p.pattern == "" {
		return nil, nil
	}
	parsed, err := rule.Parse("/"+p.pattern, set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return parsed, nil
}

// shape identifies the hosts that p stands for.
func (p *place) shape(parsed *rule.Rule) string {
	switch {
	case p.everywhere():
		return ""
	case parsed == nil:
		return "." // SERVER_NAME itself
	case p.below:
		return parsed.Shape() + "."
	}
	return parsed.Shape()
}

// lowerText makes what is no variable of a pattern lower-case.
func lowerText(pattern string) string {
	return mapOutside(pattern, strings.ToLower)
}

// outsideBraces returns what is no variable of a pattern.
func outsideBraces(pattern string) string {
	var text strings.Builder
	mapOutside(pattern, func(s string) string { text.WriteString(s); return s })
	return text.String()
}

// mapOutside calls f for each piece of a pattern outside of braces and puts what it returns in its place.
func mapOutside(pattern string, f func(string) string) string {
	var all strings.Builder
	for depth, start, i := 0, 0, 0; i <= len(pattern); i++ {
		switch {
		case i == len(pattern):
			all.WriteString(f(pattern[start:]))
		case pattern[i] == '{':
			if depth++; depth == 1 {
				all.WriteString(f(pattern[start:i]))
				start = i
			}
		case pattern[i] == '}':
			if depth--; depth == 0 {
				all.WriteString(pattern[start : i+1])
				start = i + 1
			}
		}
	}
	return all.String()
}

// A siteTable finds the routes of one pattern of hosts.
type siteTable struct {
	*router.Router
	host     *rule.Rule // nil for every host
	withPort bool       // the pattern names a port
}

// hostTables finds the tables of a host. It is nil while no route has a host.
type hostTables struct {
	exact    map[string]*siteTable // by the host, in lower case
	patterns []*siteTable          // in the order to try
	any      *siteTable            // of every host
}

// of yields the tables that may have a route for a host and its port, the first to ask first, with the values
// of the variables in the host.
func (t *hostTables) of(name, port string) iter.Seq2[*siteTable, []any] {
	return func(yield func(*siteTable, []any) bool) {
		whole := name
		if port != "" {
			whole += ":" + port
			if s := t.exact[whole]; s != nil && !yield(s, nil) {
				return
			}
		}
		if s := t.exact[name]; s != nil && !yield(s, nil) {
			return
		}
		for _, s := range t.patterns {
			form := name
			if s.withPort {
				form = whole
			}
			if values, ok := s.host.Match("/"+form, nil); ok && !yield(s, values) {
				return
			}
		}
		if t.any != nil {
			yield(t.any, nil)
		}
	}
}

// buildHosts makes a table for every pattern of hosts.
func (app *App) buildHosts(entries map[string][]router.Route, patterns map[string]string) (*hostTables, error) {
	t := &hostTables{exact: map[string]*siteTable{}}
	var problems []error
	for _, pattern := range slices.Sorted(maps.Keys(entries)) {
		s := &siteTable{withPort: namesPort(patterns[pattern])}
		found, err := router.New(entries[pattern])
		if err != nil {
			problems = append(problems, fmt.Errorf("routes: %w", err))
			continue
		}
		s.Router = found
		if pattern == "" {
			t.any = s
			continue
		}
		if s.host, err = rule.Parse("/"+patterns[pattern], app.converters); err != nil {
			problems = append(problems, err)
			continue
		}
		if len(s.host.Variables()) == 0 {
			t.exact[patterns[pattern]] = s
			continue
		}
		t.patterns = append(t.patterns, s)
	}
	slices.SortFunc(t.patterns, func(a, b *siteTable) int { return rule.Compare(a.host, b.host) })
	return t, errors.Join(problems...)
}

// namesPort reports whether a pattern of hosts ends in a port.
func namesPort(pattern string) bool {
	last := pattern[strings.LastIndexByte(pattern, '}')+1:]
	return strings.Contains(last[strings.LastIndexByte(last, ']')+1:], ":")
}

// askedHost returns the host that the request asks for as patterns are compared with it, in lower case and
// without a dot at its end, and the port unless it is the one that the scheme has by itself.
func (c *Context) askedHost() (name, port string) {
	host := strings.ToLower(c.Host())
	name, _ = hostname.Split(host)
	port = strings.TrimPrefix(host[len(name):], ":")
	if port == "80" && c.Scheme() == "http" || port == "443" && c.Scheme() == "https" {
		port = ""
	}
	return strings.TrimSuffix(name, "."), port
}

// hostAtHand returns the host that URLs are built for: that of the request, or SERVER_NAME outside of one.
func (u *urlRequest) hostAtHand() string {
	if u.c != nil {
		return u.c.Host()
	}
	return u.settings.serverName
}

// atHand reports whether host, "" for every host, is the host at hand.
func (u *urlRequest) atHand(host string) bool {
	return host == "" || strings.EqualFold(host, u.hostAtHand())
}

// buildHost returns the host of a route that has one, or the values it lacks. A pattern without a port gets
// that of the host at hand.
func (u *urlRequest) buildHost(r *boundRoute) (host string, missing []string, err error) {
	if r.host != nil {
		if host, missing, err = r.host.Build(u.lookup(r)); err != nil || len(missing) > 0 {
			return "", missing, err
		}
		host = host[1:]
	}
	if r.place.below {
		if u.settings.serverName == "" {
			return "", nil, fmt.Errorf("%s needs SERVER_NAME; set it", r.place)
		}
		host = strings.TrimPrefix(host+"."+u.settings.serverName, ".")
	}
	if here := u.hostAtHand(); !namesPort(host) {
		name, _ := hostname.Split(here)
		host += here[len(name):]
	}
	if !hostname.Valid(host) {
		return "", nil, fmt.Errorf("the values make no host of %s; give letters, digits and dashes", r.place)
	}
	return strings.ToLower(host), nil, nil
}
