package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"strings"

	"github.com/dewar-go/dewar/bench/siege/app"
)

// What visitors do beside reading and changing their session. Each checks that the answer is whole, and theirs.

var (
	smallFile, _  = app.Files.ReadFile("static/siege.css")
	largeFileText = largeFile()
)

func (v *visitor) static() {
	if a, ok := v.ask(question{method: "GET", path: "/static/siege.css"}); ok {
		v.whole("GET /static/siege.css", a, bytes.Equal(a.body, smallFile))
	}
}

func (v *visitor) large() {
	if a, ok := v.ask(question{method: "GET", path: "/static/large.bin"}); ok {
		v.whole("GET /static/large.bin", a, bytes.Equal(a.body, largeFileText))
	}
}

// upload sends a file that the App has to put on the disk now and then.
func (v *visitor) upload() {
	file := randomText(v.random, 1+v.random.IntN(2000))
	if v.random.IntN(20) == 0 {
		file = bytes.Repeat(file, 1+700_000/len(file)) // more than MAX_FORM_MEMORY_SIZE
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, _ := w.CreateFormFile("file", "upload.bin") // a Buffer has no errors
	_, _ = part.Write(file)
	_ = w.Close()
	a, ok := v.ask(question{method: "POST", path: "/upload", contentType: w.FormDataContentType(), body: body.Bytes()})
	if !ok {
		return
	}
	var list []app.Uploaded
	err := json.Unmarshal(a.body, &list)
	sum := sha256.Sum256(file)
	v.whole("POST /upload", a, err == nil && len(list) == 1 && list[0] == app.Uploaded{
		Visitor: v.name, Name: "upload.bin", Size: int64(len(file)), SHA256: hex.EncodeToString(sum[:]),
	})
}

func randomText(r *rand.Rand, n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte('a' + r.IntN(26))
	}
	return text
}

func (v *visitor) echo() {
	text := append([]byte(v.name), randomText(v.random, v.random.IntN(5000))...)
	if a, ok := v.ask(question{method: "POST", path: "/echo", contentType: "application/octet-stream", body: text}); ok {
		v.whole("POST /echo", a, bytes.Equal(a.body, text))
	}
}

func (v *visitor) stream() {
	lines := 1 + v.random.IntN(20)
	a, ok := v.ask(question{method: "GET", path: fmt.Sprint("/stream?lines=", lines)})
	if !ok {
		return
	}
	var want strings.Builder
	for n := range lines {
		fmt.Fprintf(&want, "%s %d\n", v.name, n)
	}
	want.WriteString(app.StreamEnd)
	v.ofSession("GET /stream", a)
	v.whole("GET /stream", a, string(a.body) == want.String())
}

// events reads some events, as many as it asks for unless the App stops.
func (v *visitor) events() {
	a, ok := v.ask(question{method: "GET", path: "/events?count=3"})
	if !ok {
		return
	}
	v.ofSession("GET /events", a)
	n := bytes.Count(a.body, []byte("data: "+v.name+"\n"))
	v.whole("GET /events", a, n == bytes.Count(a.body, []byte("data: ")) && n <= 3)
}
