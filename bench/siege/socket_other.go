//go:build !unix

package main

import (
	"net"
	"os"
)

// socketOf returns the socket of l as a file to start processes with, which cannot be done here.
func socketOf(l *net.TCPListener) (*os.File, error) { return l.File() }
