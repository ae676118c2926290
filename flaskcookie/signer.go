package flaskcookie

import (
	"crypto/hmac"
	"fmt"
	"hash"
	"sync"
)

// A signer makes and checks the signatures of one key.
type signer struct {
	macs sync.Pool
}

func newSigner(secret []byte, o Options) (*signer, error) {
	key, err := deriveKey(secret, o)
	if err != nil {
		return nil, err
	}
	return &signer{macs: sync.Pool{New: func() any { return hmac.New(o.Digest, key) }}}, nil
}

// deriveKey returns the signing key that itsdangerous derives.
func deriveKey(secret []byte, o Options) ([]byte, error) {
	h := o.Digest()
	switch o.KeyDerivation {
	case "", "hmac":
		h = hmac.New(o.Digest, secret)
		h.Write([]byte(o.Salt))
	case "django-concat":
		h.Write([]byte(o.Salt + "signer"))
		h.Write(secret)
	case "concat":
		h.Write([]byte(o.Salt))
		h.Write(secret)
	case "none":
		return append([]byte(nil), secret...), nil
	default:
		const cure = "use hmac, django-concat, concat or none"
		return nil, fmt.Errorf("flaskcookie: unknown key derivation %q; %s", o.KeyDerivation, cure)
	}
	return h.Sum(nil), nil
}

func (s *signer) sign(data []byte) []byte {
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	mac.Write(data)
	return mac.Sum(nil)
}

// verify compares in constant time.
func (s *signer) verify(data, mac []byte) bool {
	return hmac.Equal(s.sign(data), mac)
}
