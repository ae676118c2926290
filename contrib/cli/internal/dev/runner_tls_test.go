package dev_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// secure lets the shop serve TLS, and the tests take its certificate.
func (s *shop) secure() {
	s.t.Helper()
	server := httptest.NewTLSServer(nil) // has a certificate
	defer server.Close()
	pair := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})))
	s.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	main := strings.Replace(shopMain, `"log"`, `"crypto/tls"`+"\n\t"+`"log"`, 1)
	s.write("main.go", strings.Replace(main, `app.Run("127.0.0.1:1")`, `serve(app)`, 1)+`
func serve(app *dewar.App) error {
	pair, err := tls.LoadX509KeyPair("cert.pem", "key.pem")
	if err != nil {
		return err
	}
	return app.RunTLS("127.0.0.1:1", &tls.Config{Certificates: []tls.Certificate{pair}})
}
`)
	transport := http.DefaultTransport.(*http.Transport)
	before := transport.TLSClientConfig
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	s.t.Cleanup(func() { transport.TLSClientConfig = before })
}

func TestThePagesOfAProgramWithTLSAreTold(t *testing.T) {
	s := newShop(t)
	s.secure()
	s.begin()
	plain := s.url
	s.url = s.says(`ready after .* at (https://[^ \n]+)`)
	if page := s.answers("/page", "one"); !strings.Contains(page, "/_dewar/reload.js") {
		t.Errorf("the page does not listen: %s", page)
	}
	events := s.listen()
	if got := events.next(); got != "start" {
		t.Fatalf("the stream begins with %q", got)
	}
	s.write("static/shop.css", "body { color: blue }")
	if got := events.next(); got != "css" {
		t.Errorf("the page was told %q, want css", got)
	}
	s.breaks(7)
	s.says(`the page that shows this is served without TLS: ` + plain)
	secure := s.url
	s.url = plain
	s.answers("/", "undefined: broken7")
	s.version(2)
	s.says(`ready after(?s:.*)ready after`)
	s.url = secure
	s.answers("/", "build 2")
}
