package main

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// clockJumps are cookies of processes whose clock was wrong, and clocks of stores that jump by an hour.
func clockJumps(ctx context.Context, f *field) error {
	signer, err := newSigner(f.secretKey)
	if err != nil {
		return err
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		ahead time.Duration
		valid bool
	}{
		{0, true}, {-time.Hour, true}, {-30 * day, true}, {30 * time.Second, true}, // 60 seconds are allowed
		{-32 * day, false}, {2 * time.Minute, false}, {time.Hour, false}, {3650 * day, false},
	} {
		w, err := f.app.ask(ctx, "", "GET", "/me", "", "Cookie", signer.cookie(time.Now().Add(c.ahead), `{"name":"jumper"}`))
		if err != nil {
			continue
		}
		known := strings.Contains(string(w.body), "jumper")
		f.check(verified, w.status == http.StatusOK && known == c.valid, "a cookie signed by a clock that is %v ahead: status %d, known %v, want %v", c.ahead, w.status, known, c.valid)
	}
	for _, s := range []*site{f.memory, f.stored} {
		if err := s.jump(ctx); err != nil {
			return err
		}
	}
	return nil
}

// jump has the clock of the sessions on a site jump to and fro by an hour: sessions live for days, so none may end.
func (s *site) jump(ctx context.Context) error {
	g, err := s.guest(ctx)
	if err != nil {
		return err
	}
	defer s.harm(ctx, "")
	for _, ahead := range []string{"1h", "-1h", "0s", "-1h", "1h"} {
		if err := s.harm(ctx, "ahead="+ahead); err != nil {
			return err
		}
		note := fmt.Sprintf("note-%016x", s.field.rand.Uint64())
		w, err := g.ask(ctx, "POST", "/note", `{"text":"`+note+`"}`, "Content-Type", "application/json")
		if err != nil || w.status == http.StatusServiceUnavailable {
			continue
		}
		s.field.check(failClosed, strings.Contains(string(w.body), g.name), "a session on %s has ended by a clock that jumped by an hour: %q", s.name, clip(string(w.body)))
		if w, err = g.ask(ctx, "GET", "/me", ""); err == nil && w.status == http.StatusOK {
			s.field.check(failClosed, strings.Contains(string(w.body), note), "a change on %s was lost by a clock that jumped by an hour", s.name)
		}
	}
	s.field.count("jumps of a clock", 5)
	return nil
}

// harm asks a site to do harm to its own store, or to end that.
func (s *site) harm(ctx context.Context, query string) error {
	_, err := s.ask(context.WithoutCancel(ctx), "", "POST", "/insides/store?"+query, "")
	return err
}

// A signer makes session cookies as dewar does, but of any time.
type signer struct{ key []byte }

func newSigner(secretKey string) (signer, error) {
	key, err := hkdf.Key(sha256.New, []byte(secretKey), nil, "dewar/session/sign/mac", 32)
	return signer{key}, err
}

// cookie returns a cookie that holds the JSON of a session.
func (s signer) cookie(at time.Time, json string) string {
	text := strconv.FormatInt(at.Unix(), 10) + "|" + base64.URLEncoding.EncodeToString([]byte(json)) + "|"
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte("session|" + strings.TrimSuffix(text, "|")))
	return "session=" + base64.URLEncoding.EncodeToString(mac.Sum([]byte(text)))
}
