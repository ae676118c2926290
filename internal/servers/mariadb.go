package servers

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// MariaDB is a MariaDB server with the settings that MariaDB has by itself. Everybody on this machine may connect as the
// user dewar, who may do everything, and there is an empty database dewar.
type MariaDB struct {
	Clock  bool     // allows [Server.MoveClock]
	Config []string // further settings, such as "innodb-flush-log-at-trx-commit=0"
}

// MySQLURL returns the DSN, as go-sql-driver reads it, of the MariaDB or MySQL server that DEWAR_MYSQL names, or of a
// MariaDB server that is started for the test. The server may be used by others: tables need names of their own.
func MySQLURL(t testing.TB) string {
	t.Helper()
	if running := os.Getenv("DEWAR_MYSQL"); running != "" {
		return running
	}
	return MariaDB{}.Start(t).URL()
}

// Start starts the server and waits until it answers.
func (m MariaDB) Start(t testing.TB) *Server {
	t.Helper()
	program := find(t, "mariadbd", "mariadb-server", "DEWAR_MYSQL")
	install := find(t, "mariadb-install-db", "mariadb-server", "DEWAR_MYSQL")
	a := unprivileged(t, "mysql")
	made := template(t, "mariadb", program, a, func(dir string) []string {
		return []string{install, "--no-defaults", "--datadir=" + dir, "--auth-root-authentication-method=normal",
			"--skip-test-db", "--skip-name-resolve"}
	})
	dir := folder(t, "mariadb", a)
	data := filepath.Join(dir, "data")
	if err := copyFolder(made, data); err != nil {
		t.Fatal(err)
	}
	write(t, dir, file{"first.sql", "CREATE DATABASE IF NOT EXISTS dewar;\n" +
		"CREATE USER IF NOT EXISTS 'dewar'@'%';\nGRANT ALL PRIVILEGES ON *.* TO 'dewar'@'%';\n"})
	port := reserve(t)
	args := []string{program, "--no-defaults", "--datadir=" + data, "--bind-address=127.0.0.1",
		"--port=" + strconv.Itoa(port), "--socket=" + filepath.Join(dir, "socket"), "--pid-file=" + filepath.Join(dir, "pid"),
		"--skip-name-resolve", "--init-file=" + filepath.Join(dir, "first.sql")}
	for _, setting := range m.Config {
		args = append(args, "--"+setting)
	}
	addr := local(port)
	s := start(t, dir, addr, m.Clock, plan{
		name:    "mariadbd",
		args:    args,
		account: a,
		url:     "dewar@tcp(" + addr + ")/dewar",
		stop:    syscall.SIGTERM,
		answers: func(ctx context.Context) error { return greetMariaDB(ctx, addr) },
	})
	s.Ready()
	return s
}

// greetMariaDB reads the greeting, which comes when the server is ready.
func greetMariaDB(ctx context.Context, addr string) error {
	conn, err := dialServer(ctx, addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	greeting := make([]byte, 5)
	if _, err := io.ReadFull(conn, greeting); err != nil {
		return err
	}
	if greeting[4] != 10 {
		return fmt.Errorf("it greets with protocol %d", greeting[4])
	}
	return nil
}

// dialServer connects for one short conversation.
func dialServer(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(patience)
	}
	return conn, conn.SetDeadline(deadline)
}
