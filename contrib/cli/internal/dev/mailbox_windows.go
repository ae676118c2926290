package dev

import "errors"

// A mailbox is where a program says that it accepts requests. Windows has no sockets for that.
type mailbox struct{}

func openMailbox(string) (*mailbox, error) { return nil, errors.ErrUnsupported }

func (m *mailbox) read() (string, error) { return "", errors.ErrUnsupported }

func (m *mailbox) close() {}
