package sqlstore_test

import (
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/internal/servers"
	"github.com/dewar-go/dewar/sessionstore"
)

func BenchmarkStore(b *testing.B) {
	for _, of := range []struct {
		name string
		d    func() database
	}{
		{"PostgreSQL", func() database { return database{sqlstore.PostgreSQL, servers.PostgresURL(b)} }},
		{"MariaDB", func() database { return database{sqlstore.MySQL, with(servers.MySQLURL(b), "interpolateParams=true")} }},
		{"SQLite", func() database { return database{sqlstore.SQLite, sqliteDSN(b.TempDir() + "/app.db")} }},
	} {
		b.Run(of.name, func(b *testing.B) {
			s, h, now := of.d().store(b), newHandle(), time.Now()
			values := map[string]string{"user_id": "7", "_flashes": "[]", "cart": `{"apples":3}`, "theme": `"dark"`, "csrf": `"0123456789"`, "n": "1"}
			if err := s.Create(b.Context(), h, sessionstore.Record{Values: values, Secret: hashOf("x"), Created: now, Seen: now, Idle: time.Hour}); err != nil {
				b.Fatal(err)
			}
			b.Run("Load", func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Load(b.Context(), h); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("Update", func(b *testing.B) {
				for b.Loop() {
					d := sessionstore.Delta{At: time.Now(), Set: map[string]string{"n": "2"}, Delete: []string{"none"}}
					if err := s.Update(b.Context(), h, d); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
