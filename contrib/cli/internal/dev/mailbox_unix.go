//go:build unix

package dev

import "net"

// A mailbox is where a program says that it accepts requests, as it would tell systemd.
type mailbox struct{ conn *net.UnixConn }

// openMailbox listens on the Unix socket called name.
func openMailbox(name string) (*mailbox, error) {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return nil, err
	}
	return &mailbox{conn}, nil
}

// read waits for a message, and fails when the mailbox is closed.
func (m *mailbox) read() (string, error) {
	message := make([]byte, 64<<10)
	n, err := m.conn.Read(message)
	return string(message[:n]), err
}

func (m *mailbox) close() { _ = m.conn.Close() }
