package dewar_test

import (
	"bufio"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// allowOrigins is middleware that answers preflights and allows other origins.
func allowOrigins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Add("Vary", "Origin")
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// compress is middleware that compresses pages. As such middleware does, it decides when the header leaves or at the first
// bytes, by their length and the type that it guesses from them.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		z := &compressor{ResponseWriter: w, wanted: strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")}
		w.Header().Add("Vary", "Accept-Encoding")
		next.ServeHTTP(z, r)
		z.close()
	})
}

type compressor struct {
	http.ResponseWriter
	wanted  bool
	decided bool
	gz      *gzip.Writer
}

func (z *compressor) decide(p []byte) {
	if z.decided {
		return
	}
	if z.Header().Get("Content-Type") == "" && len(p) > 0 {
		z.Header().Set("Content-Type", http.DetectContentType(p))
	}
	z.choose(len(p) > 100)
}

func (z *compressor) choose(large bool) {
	z.decided = true
	header := z.Header()
	if z.wanted && large && strings.HasPrefix(header.Get("Content-Type"), "text/") && header.Get("Content-Encoding") == "" {
		header.Del("Content-Length")
		header.Set("Content-Encoding", "gzip")
		z.gz = gzip.NewWriter(z.ResponseWriter)
	}
}

// WriteHeader decides too, without a guess at the type.
func (z *compressor) WriteHeader(code int) {
	if code == http.StatusOK && !z.decided {
		z.choose(true)
	}
	z.decided = z.decided || code >= 200 // other pages are not compressed
	z.ResponseWriter.WriteHeader(code)
}

func (z *compressor) Write(p []byte) (int, error) {
	z.decide(p)
	if z.gz != nil {
		return z.gz.Write(p)
	}
	return z.ResponseWriter.Write(p)
}

func (z *compressor) FlushError() error {
	z.decide(nil)
	if z.gz != nil {
		_ = z.gz.Flush()
	}
	return http.NewResponseController(z.ResponseWriter).Flush()
}

func (z *compressor) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *compressor) close() {
	if z.gz != nil {
		_ = z.gz.Close()
	}
}

// websocketKey is the example of RFC 6455.
const websocketKey = "dGhlIHNhbXBsZSBub25jZQ=="

// acceptKey is what a server answers to a key.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// echoFrames is a websocket that sends each text back, as the libraries for it do: it takes the connection over and
// answers by hand.
func echoFrames(w http.ResponseWriter, r *http.Request, note notes) {
	note("upgrade %q", r.Header["Upgrade"])
	conn, rw, err := http.NewResponseController(w).Hijack()
	if note.fails("Hijack", err); err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", acceptKey(r.Header.Get("Sec-WebSocket-Key")))
	_ = rw.Flush()
	for {
		opcode, text, err := readFrame(rw.Reader)
		if err != nil {
			note.fails("frame", err)
			return
		}
		_ = writeFrame(rw.Writer, opcode, text, false)
		if opcode == 8 {
			return
		}
	}
}

// readFrame reads a whole frame.
func readFrame(r *bufio.Reader) (opcode byte, text []byte, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return 0, nil, err
	}
	n := int(head[1] & 0x7f)
	if n == 127 {
		return 0, nil, errors.New("a frame too long for a test")
	}
	if n == 126 {
		var length [2]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return 0, nil, err
		}
		n = int(binary.BigEndian.Uint16(length[:]))
	}
	var mask [4]byte
	if head[1]&0x80 != 0 {
		if _, err := io.ReadFull(r, mask[:]); err != nil {
			return 0, nil, err
		}
	}
	text = make([]byte, n)
	_, err = io.ReadFull(r, text)
	for i := range text {
		text[i] ^= mask[i%4]
	}
	return head[0] & 0x0f, text, err
}

// writeFrame writes a whole frame of at most 65535 bytes, which a client masks.
func writeFrame(w *bufio.Writer, opcode byte, text []byte, masked bool) error {
	var mask [4]byte
	var bit byte
	if masked {
		bit, mask = 0x80, [4]byte{1, 2, 3, 4}
	}
	_ = w.WriteByte(0x80 | opcode)
	if len(text) < 126 {
		_ = w.WriteByte(bit | byte(len(text)))
	} else {
		_ = w.WriteByte(bit | 126)
		_ = binary.Write(w, binary.BigEndian, uint16(len(text)))
	}
	if masked {
		_, _ = w.Write(mask[:])
	}
	for i, b := range text {
		_ = w.WriteByte(b ^ mask[i%4])
	}
	return w.Flush()
}

// websocket shakes hands, sends texts and notes their echo, and closes.
func (p *party) websocket() {
	conn := p.dial()
	fmt.Fprintf(conn, "GET /wire HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", websocketKey)
	rw := bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))
	res, err := http.ReadResponse(rw.Reader, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	p.note("%d %t", res.StatusCode, res.Header.Get("Sec-WebSocket-Accept") == acceptKey(websocketKey))
	for _, text := range []string{"hello", "", strings.Repeat("x", 3000)} {
		_ = writeFrame(rw.Writer, 1, []byte(text), true)
		opcode, echo, err := readFrame(rw.Reader)
		p.note("%d %t %v", opcode, string(echo) == text, err)
	}
	_ = writeFrame(rw.Writer, 8, []byte{3, 232}, true)
	opcode, _, err := readFrame(rw.Reader)
	p.note("%d %v", opcode, err)
	_, err = rw.ReadByte()
	p.note.fails("end", err)
}
