package servers_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/servers"
)

func TestURLIsOfTheServerThatRuns(t *testing.T) {
	for _, tt := range []struct {
		variable, url string
		get           func(testing.TB) string
	}{
		{"DEWAR_REDIS", "redis://example.com:1/0", servers.RedisURL},
		{"DEWAR_POSTGRES", "postgres://app@example.com/app", servers.PostgresURL},
		{"DEWAR_MYSQL", "app:pw@tcp(example.com:3306)/app", servers.MySQLURL},
	} {
		t.Setenv(tt.variable, tt.url)
		if got := tt.get(t); got != tt.url {
			t.Errorf("%s: got %q, want %q", tt.variable, got, tt.url)
		}
	}
}

func TestURLIsOfAServerThatIsStarted(t *testing.T) {
	for _, tt := range []struct {
		variable, prefix, suffix string
		get                      func(testing.TB) string
	}{
		{"DEWAR_REDIS", "redis://127.0.0.1:", "/0", servers.RedisURL},
		{"DEWAR_POSTGRES", "postgres://postgres@127.0.0.1:", "/postgres?sslmode=disable", servers.PostgresURL},
		{"DEWAR_MYSQL", "dewar@tcp(127.0.0.1:", ")/dewar", servers.MySQLURL},
	} {
		t.Setenv(tt.variable, "")
		t.Run(tt.variable, func(t *testing.T) {
			got := tt.get(t)
			port, ok := strings.CutPrefix(got, tt.prefix)
			port, ended := strings.CutSuffix(port, tt.suffix)
			if !ok || !ended {
				t.Fatalf("got %q, want %s and a port and %s", got, tt.prefix, tt.suffix)
			}
			call(t, "127.0.0.1:"+port)
		})
	}
}

func TestURLOfRedisEscapesPasswords(t *testing.T) {
	t.Parallel()
	node := servers.Redis{User: "app", Password: "p/w@x:y"}.Start(t)
	u, err := url.Parse(node.URL())
	if err != nil {
		t.Fatal(err)
	}
	if password, _ := u.User.Password(); password != "p/w@x:y" || u.Host != node.Addr() {
		t.Errorf("got password %q and host %q of %q", password, u.Host, node.URL())
	}
}
