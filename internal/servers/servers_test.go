package servers_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/servers"
)

// kinds are the servers that are one process to those who start them.
var kinds = []struct {
	name  string
	start func(testing.TB) *servers.Server
}{
	{"redis", func(t testing.TB) *servers.Server { return servers.Redis{AppendFsync: "always"}.Start(t).Server }},
	{"postgres", func(t testing.TB) *servers.Server { return servers.Postgres{}.Start(t) }},
	{"mariadb", func(t testing.TB) *servers.Server { return servers.MariaDB{}.Start(t) }},
}

func TestServerStartsAgainOnTheSamePort(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := kind.start(t)
			addr, first := s.Addr(), s.PID()
			s.Kill()
			if s.Running() {
				t.Error("it runs after Kill")
			}
			s.Start()
			s.Restart()
			if s.Addr() != addr || s.PID() == 0 || s.PID() == first {
				t.Errorf("got %s with pid %d, want %s with another than %d", s.Addr(), s.PID(), addr, first)
			}
		})
	}
}
