//go:build !unix

package main

import (
	"errors"
	"net"
	"os"
)

// socketOf returns an error: no file to start processes with can be made of a socket here.
func socketOf(*net.TCPListener) (*os.File, error) {
	return nil, errors.New("this system hands no listening socket to another process, as the siege does; run it on Linux")
}
