package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// forgedCookies send session cookies that are none any more, or never were. They must open nothing.
func forgedCookies(ctx context.Context, f *field) error {
	for _, s := range f.sites {
		g, err := s.guest(ctx)
		if err != nil {
			return err
		}
		other, err := s.guest(ctx)
		if err != nil {
			return err
		}
		cookies := s.forgeries(g.cookie, other.cookie)
		together(ctx, len(cookies), 8, func(i int) { s.sendForged(ctx, cookies[i]) })
		f.count("forged cookies", len(cookies))
		if w, err := g.ask(ctx, "GET", "/me", ""); err == nil && w.status == http.StatusOK {
			f.check(failClosed, strings.Contains(string(w.body), g.name), "a visitor on %s is not known any more after others have altered their cookies", s.name)
		}
	}
	return nil
}

// sendForged sends a cookie that is not valid, and wants the answer of a visitor without one.
func (s *site) sendForged(ctx context.Context, cookie string) {
	w, err := s.ask(ctx, "", "GET", "/me", "", "Cookie", cookie)
	if err != nil || w.status == http.StatusServiceUnavailable && s.field.tolerant() {
		return
	}
	s.field.check(verified, w.status == http.StatusOK && strings.Contains(string(w.body), `"name":""`),
		"an altered cookie on %s (%.60q): status %d, %q", s.name, cookie, w.status, clip(string(w.body)))
	w, err = s.ask(ctx, "", "GET", "/private", "", "Cookie", cookie)
	if err == nil {
		s.field.check(verified, w.status == http.StatusForbidden || w.status == http.StatusServiceUnavailable && s.field.tolerant(),
			"an altered cookie on %s (%.60q) sees what is private: status %d", s.name, cookie, w.status)
	}
}

// forgeries returns variations of the cookie of one visitor, and mixtures with that of another one.
func (s *site) forgeries(cookie, other string) (all []string) {
	name, value, _ := strings.Cut(cookie, "=")
	_, second, _ := strings.Cut(other, "=")
	for range 60 {
		at := s.field.rand.IntN(len(value))
		changed := []byte(value)
		changed[at] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=."[s.field.rand.IntN(66)]
		all = append(all, string(changed), value[:at], value[at:], value[:at]+value[at+1:], value[:at]+"A"+value[at:])
	}
	half := len(value) / 2
	all = append(all, value[:half]+second[min(half, len(second)):], value+value, value+second, reversed(value), strings.ToUpper(value), strings.TrimRight(value, "=")+"=")
	all = append(all, resealed(value, second)...)
	all = slices.DeleteFunc(all, func(forged string) bool { return forged == value || forged == second || forged == "" })
	for i := range all {
		all[i] = name + "=" + all[i]
	}
	return all
}

func reversed(text string) string {
	b := []byte(text)
	slices.Reverse(b)
	return string(b)
}

// resealed returns cookies that are well formed and have another signature: that of another cookie, or zeros. Of cookies that
// hold their session the values are another visitor's.
func resealed(value, other string) (all []string) {
	mine, err := base64.URLEncoding.DecodeString(value)
	theirs, err2 := base64.URLEncoding.DecodeString(other)
	parts, otherParts := bytes.SplitN(mine, []byte("|"), 3), bytes.SplitN(theirs, []byte("|"), 3)
	if err == nil && err2 == nil && len(parts) == 3 && len(otherParts) == 3 {
		admin := []byte(base64.URLEncoding.EncodeToString([]byte(`{"name":"admin","secret":"x"}`)))
		for _, forged := range [][][]byte{
			{parts[0], otherParts[1], parts[2]},
			{parts[0], admin, parts[2]},
			{parts[0], parts[1], make([]byte, len(parts[2]))},
			{append([]byte("9"), parts[0]...), parts[1], parts[2]},
			{parts[0], parts[1], nil},
		} {
			all = append(all, base64.URLEncoding.EncodeToString(bytes.Join(forged, []byte("|"))))
		}
	}
	if fields, otherFields := strings.Split(value, "."), strings.Split(other, "."); len(fields) == 3 && len(otherFields) == 3 {
		all = append(all, // handle.secret.mac
			fields[0]+"."+otherFields[1]+"."+fields[2],
			otherFields[0]+"."+fields[1]+"."+fields[2],
			fields[0]+"."+fields[1]+"."+otherFields[2],
			fields[0]+"."+fields[1]+".",
			fields[0]+"."+fields[1]+"."+strings.Repeat("A", len(fields[2])),
		)
	}
	return all
}
