package servers

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// certificate is one for 127.0.0.1 that signs itself.
type certificate struct {
	parsed    *x509.Certificate
	cert, key string // PEM
}

func newCertificate(t testing.TB) *certificate {
	t.Helper()
	made, err := makeCertificate()
	if err != nil {
		t.Fatalf("servers: make a certificate: %v", err)
	}
	return made
}

func makeCertificate() (*certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "localhost"},
		NotBefore:             time.Now().Add(-24 * time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:              []string{"localhost"},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return &certificate{parsed, text("CERTIFICATE", der), text("PRIVATE KEY", secret)}, nil
}

func text(kind string, der []byte) string {
	return string(bytes.TrimSpace(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))) + "\n"
}

// trust returns what a client needs to trust the certificate and no other.
func (c *certificate) trust() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(c.parsed)
	return &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

func (c *certificate) files() []file { return []file{{"cert.pem", c.cert}, {"key.pem", c.key}} }
