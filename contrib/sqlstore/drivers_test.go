package sqlstore_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/sqlstore"
	"github.com/dewar-go/dewar/internal/servers"
)

// What drivers are told in the data source name must not matter.
func TestUpdatesWithOtherSettingsOfTheDriver(t *testing.T) {
	postgres, mysql := servers.PostgresURL(t), servers.MySQLURL(t)
	for _, tt := range []struct {
		name string
		d    database
	}{
		{"pgx behind a pooler of transactions", database{sqlstore.PostgreSQL, with(postgres, "default_query_exec_mode=exec")}},
		{"pgx with the simple protocol", database{sqlstore.PostgreSQL, with(postgres, "default_query_exec_mode=simple_protocol")}},
		{"PostgreSQL with serializable transactions", database{sqlstore.PostgreSQL, with(postgres, "default_transaction_isolation=serializable")}},
		{"MySQL with prepared statements", database{sqlstore.MySQL, mysql}},
		{"MySQL that counts the rows it finds", database{sqlstore.MySQL, with(mysql, "clientFoundRows=true&interpolateParams=true")}},
		{"MySQL with parsed times and another collation", database{sqlstore.MySQL, with(mysql, "parseTime=true&collation=utf8mb4_unicode_ci")}},
	} {
		t.Run(tt.name, func(t *testing.T) { compareUpdates(t, tt.d, 1, 150) })
	}
}
