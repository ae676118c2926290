package migrate_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

func TestSessionsOfAFlaskApplication(t *testing.T) {
	t.Parallel()
	usual := migrate.Session{Interface: "flask.sessions.SecureCookieSessionInterface", Cookie: true, Salt: "cookie-session", KeyDerivation: "hmac", Digest: "sha1"}
	other := usual
	other.Salt, other.Digest, other.Tags = "shop", "sha256", []string{" money"}
	for _, tt := range []struct {
		name    string
		session migrate.Session
		want    string
	}{
		{"Flask's", usual, "- [x] sessions: Flask's cookies, which &flaskcookie.SessionInterface{} reads"},
		{"with another salt", other, "the same Salt (shop), Digest (sha256)"},
		{"with a type of its own", other, `- [ ] sessions: values of the type " money" are the application's own`},
		{"in Redis", migrate.Session{Interface: "flask_session.redis.redis.RedisSessionInterface"}, "&flasksession.SessionInterface{Client: client}"},
		{"in files", migrate.Session{Interface: "flask_session.filesystem.filesystem.FileSystemSessionInterface"}, "which nothing in Go reads: move them to Redis"},
		{"of its own", migrate.Session{Interface: "shop.sessions.Sessions"}, "write a dewar.SessionInterface that reads and writes the same"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := checked(t, migrate.Site{Flask: &migrate.Listing{Session: tt.session}}, nil); !strings.Contains(got, tt.want) {
				t.Errorf("got no %q in\n%s", tt.want, got)
			}
		})
	}
}

func TestHashesOfPasswords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, werkzeug, source, want string
	}{
		{"Werkzeug's", "3.0.1", "from werkzeug.security import generate_password_hash\n", "- [x] passwords: Werkzeug's hashes"},
		{"of a Werkzeug without scrypt", "2.2.2", "from werkzeug.security import check_password_hash\n", `- [ ] passwords: Werkzeug 2.2.2 fails on scrypt`},
		{"bcrypt", "3.0.1", "import os\nfrom flask_bcrypt import Bcrypt\n", "- [ ] passwords: models.py:2: flask_bcrypt has hashes that contrib/password does not read; check them in Go by golang.org/x/crypto/bcrypt"},
		{"argon2 in a function", "", "def f():\n    import argon2\n", "models.py:2: argon2 has hashes"},
		{"a method that nobody should write", "", "h = generate_password_hash(p, method='sha1')\n", `models.py:1: hashes by "sha1" are refused`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := checked(t, migrate.Site{Flask: &migrate.Listing{Werkzeug: tt.werkzeug}}, map[string]string{"models.py": tt.source})
			if !strings.Contains(got, tt.want) {
				t.Errorf("got no %q in\n%s", tt.want, got)
			}
		})
	}
	if got := checked(t, migrate.Site{}, map[string]string{"models.py": "import os\n"}); strings.Contains(got, "passwords:") {
		t.Errorf("got passwords of an application without any in\n%s", got)
	}
}

func TestWhatBarsTheWayBack(t *testing.T) {
	t.Parallel()
	const shares = "import _ \"github.com/dewar-go/dewar/flaskcookie\"\n"
	money := migrate.Session{Interface: "flask.sessions.SecureCookieSessionInterface", Cookie: true, Tags: []string{" money"}}
	for _, tt := range []struct {
		name    string
		session migrate.Session
		source  string
		want    string
	}{
		{"nothing", migrate.Session{}, shares, "- [x] way back: nothing in the 1 files of Go bars it"},
		{"sessions of dewar's own", migrate.Session{}, "", "- [ ] way back: nothing in Go imports flaskcookie"},
		{"a tag without a twin", migrate.Session{}, shares + "var tag = dewar.SessionTag{Key: \" money\"}\n", `- [ ] way back: app.go:3: the dewar.SessionTag " money" has no twin`},
		{"a tag in a list", migrate.Session{}, shares + "var tags = []dewar.SessionTag{{Key: \" money\"}}\n", `the dewar.SessionTag " money" has no twin`},
		{"a tag whose key is not known", money, shares + "var tag = dewar.SessionTag{Key: key}\n", `the dewar.SessionTag "" has no twin`},
		{"a tag with a twin", money, shares + "var tag = dewar.SessionTag{Key: \" money\"}\n", "- [x] way back: nothing in the 1 files of Go bars it"},
		{"another hash", migrate.Session{}, shares + "import _ \"golang.org/x/crypto/bcrypt\"\n", "- [ ] way back: app.go:3: it imports golang.org/x/crypto/bcrypt"},
		{"a store", migrate.Session{}, shares + "import _ \"github.com/dewar-go/dewar/sessionstore\"\n", "sessionstore.MovingBack moves them"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := checked(t, migrate.Site{Flask: &migrate.Listing{Session: tt.session}}, map[string]string{"app.go": "package shop\n" + tt.source, "app_test.go": "package shop\nimport _ \"golang.org/x/crypto/argon2\"\n"})
			if !strings.Contains(got, tt.want) {
				t.Errorf("got no %q in\n%s", tt.want, got)
			}
		})
	}
}
