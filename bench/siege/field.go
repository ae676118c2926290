package main

import (
	"context"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// A field is where the siege is: the sites, and all that attacks and visitors need. Its methods may be called by several
// goroutines.
type field struct {
	program string // the binary that is the application
	folder  string // where all files are

	sites  []*site
	app    *site // sessions in cookies
	memory *site // sessions in the memory of the process
	stored *site // sessions in a database, that outlive the process
	secure *site // HTTPS and HTTP/2, sessions in cookies

	ledger *ledger
	rand   *rand.Rand // may be used by several goroutines

	secretKey, password string
	roots               *x509.CertPool
	plain               *http.Client
	refuses             atomic.Int32 // attacks that make the App refuse
	pulse               pulse
}

// newField returns a field below a folder, whose sites are not started yet.
func newField(o options, folder string) (*field, error) {
	f := &field{
		program: o.program, folder: folder, ledger: newLedger(), rand: rand.New(&lockedSource{source: rand.NewPCG(o.seed, 16)}),
		secretKey: newSecret("key"), password: newSecret("password"),
	}
	certificate := filepath.Join(folder, "certificate.pem")
	var err error
	if f.roots, err = writeCertificate(certificate); err != nil {
		return nil, err
	}
	f.plain = &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 16, TLSClientConfig: f.tls(), ForceAttemptHTTP2: true},
	}
	for _, s := range []struct {
		site     **site
		name     string
		sessions string
		env      []string
	}{
		{&f.app, "cookie", "cookie", nil},
		{&f.memory, "memory", "memory", nil},
		{&f.stored, "sqlite", "sqlite", nil},
		{&f.secure, "https", "cookie", []string{"SIEGE_CERTIFICATE=" + certificate}},
	} {
		if *s.site, err = newSite(f, s.name, s.sessions, s.env...); err != nil {
			return nil, err
		}
		f.sites = append(f.sites, *s.site)
	}
	f.secure.scheme = "https"
	if o.redis != "" {
		s, err := newSite(f, "redis", o.redis)
		if err != nil {
			return nil, err
		}
		f.sites = append(f.sites, s)
	}
	return f, nil
}

// start starts a process on each site.
func (f *field) start(ctx context.Context) error {
	for _, s := range f.sites {
		if _, err := s.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// close ends all processes.
func (f *field) close() {
	f.plain.CloseIdleConnections()
	for _, s := range f.sites {
		s.close()
	}
}

// url returns the URL of a path on the site with sessions in cookies.
func (f *field) url(path string) string { return f.app.url(path) }

// dial returns a connection without TLS.
func (s *site) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	return d.DialContext(ctx, "tcp", s.addr)
}

// client returns a client of all sites. It follows no redirects, keeps no cookies, and waits 30 seconds at most.
func (f *field) client() *http.Client { return f.plain }

// tls returns what a client of the secure site needs.
func (f *field) tls() *tls.Config { return &tls.Config{RootCAs: f.roots, ServerName: "localhost"} }

// visitor returns a new visitor of a site, with a connection of its own. Close it.
func (f *field) visitor(s *site) *visitor { return newVisitor(f, s) }

// held says that a promise was looked at and holds. Each promise that an attack tries should be told by held or broken.
func (f *field) held(promise string) { f.ledger.held(promise) }

// broken says that a promise does not hold. The format is what kind of problem it is: the first of each kind are shown.
func (f *field) broken(promise, format string, args ...any) {
	f.ledger.broken(promise, format, args...)
}

// check is held or broken.
func (f *field) check(promise string, holds bool, format string, args ...any) {
	if holds {
		f.held(promise)
		return
	}
	f.broken(promise, format, args...)
}

// tolerant reports whether visitors may be refused, because of an attack, or because the machine is too busy.
func (f *field) tolerant() bool { return f.refuses.Load() > 0 || f.pulse.busy() }

// excuses reports whether visitors may get no answer at all, because of an attack, or because the machine stood still.
func (f *field) excuses() bool { return f.refuses.Load() > 0 || f.pulse.stoodStill() }

// count adds to a number that the score card shows.
func (f *field) count(name string, n int) { f.ledger.count(name, n) }

// look looks for secrets in what was sent to somebody who owns none.
func (f *field) look(where string, sent []byte) { f.ledger.look("", where, sent) }

// newSecret returns a secret that can be found wherever it gets out.
func newSecret(what string) string {
	var random [16]byte
	_, _ = crand.Read(random[:]) // never fails
	return canary + what + "-" + hex.EncodeToString(random[:])
}

// A lockedSource may be used by several goroutines.
type lockedSource struct {
	mu     sync.Mutex
	source rand.Source
}

func (s *lockedSource) Uint64() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Uint64()
}
