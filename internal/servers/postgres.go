package servers

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// Postgres is a PostgreSQL server with the settings that PostgreSQL has by itself. Everybody on this machine may connect
// as the user postgres.
type Postgres struct {
	Clock  bool     // allows [Server.MoveClock]
	Config []string // further settings, such as "synchronous_commit=off"
}

// PostgresURL returns the URL of the server that DEWAR_POSTGRES names, or of one that is started for the test. The
// server may be used by others: tables need names of their own.
func PostgresURL(t testing.TB) string {
	t.Helper()
	if running := os.Getenv("DEWAR_POSTGRES"); running != "" {
		return running
	}
	return Postgres{}.Start(t).URL()
}

// Start starts the server and waits until it answers.
func (p Postgres) Start(t testing.TB) *Server {
	t.Helper()
	program := find(t, "postgres", "postgresql", "DEWAR_POSTGRES")
	initdb := find(t, "initdb", "postgresql", "DEWAR_POSTGRES")
	a := unprivileged(t, "postgres")
	made := template(t, "postgres", program, a, func(dir string) []string {
		return []string{initdb, "-D", dir, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync", "--no-instructions"}
	})
	dir := folder(t, "postgres", a)
	data := filepath.Join(dir, "data")
	if err := copyFolder(made, data); err != nil {
		t.Fatal(err)
	}
	port := reserve(t)
	args := []string{program, "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", "port=" + strconv.Itoa(port),
		"-c", "unix_socket_directories="}
	for _, setting := range p.Config {
		args = append(args, "-c", setting)
	}
	addr := local(port)
	s := start(t, dir, addr, p.Clock, plan{
		name:    "postgres",
		args:    args,
		account: a,
		url:     "postgres://postgres@" + addr + "/postgres?sslmode=disable",
		stop:    syscall.SIGINT,
		answers: func(ctx context.Context) error { return greetPostgres(ctx, addr) },
	})
	s.Ready()
	return s
}

// greetPostgres connects as a client does, and returns an error while the server starts, stops or recovers.
func greetPostgres(ctx context.Context, addr string) error {
	conn, err := dialServer(ctx, addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	parameters := "user\x00postgres\x00database\x00postgres\x00\x00"
	hello := binary.BigEndian.AppendUint32(nil, uint32(8+len(parameters)))
	hello = binary.BigEndian.AppendUint32(hello, 3<<16) // version 3.0 of the protocol
	if _, err := conn.Write(append(hello, parameters...)); err != nil {
		return err
	}
	answer := make([]byte, 9)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return err
	}
	if answer[0] != 'R' {
		return fmt.Errorf("it refuses clients with a message of type %q", answer[0])
	}
	// Leaving without a word would stand in its log.
	if _, err := conn.Write([]byte{'X', 0, 0, 0, 4}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, conn)
	return err
}
