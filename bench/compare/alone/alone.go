// Package alone is what the programs below this folder share. Each is one of the contenders with nothing of the others in it, so that
// its memory is its own, and does the works "text" and "json" of package compare.
package alone

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// A User is what is answered as JSON.
type User struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// Hello answers a text, by hand.
func Hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "Hello, World!")
}

// ShowUser answers the user whose number is text, by hand.
func ShowUser(w http.ResponseWriter, text string) {
	id, err := strconv.Atoi(text)
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(User{id, "ann"})
}

// ServeHTTP serves a handler with a plain server of net/http, see Serve.
func ServeHTTP(h http.Handler) {
	Serve((&http.Server{Handler: h, ReadHeaderTimeout: time.Minute}).Serve)
}

// Serve prints an address and has serve answer there until standard input ends.
func Serve(serve func(net.Listener) error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		exit(err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		l.Close()
	}()
	fmt.Println(l.Addr())
	if err := serve(l); err != nil && !errors.Is(err, net.ErrClosed) {
		exit(err)
	}
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
