package login

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/dewar-go/dewar"
)

// Identifier06 returns the session identifier that Flask-Login 0.6 computes: the SHA-512 of the client's address and
// User-Agent, written as Python writes bytes. Flask-Login 0.6 takes the address from X-Forwarded-For whoever sent it;
// this one takes that of [dewar.Context.ClientIP], so TRUSTED_PROXIES must name the proxies in front: unix for one that
// comes by a Unix socket, without which no client there has an address, and Python, which has another, takes each login of
// the other half for stolen.
func Identifier06(c *dewar.Context) string {
	agent := "None"
	if given, ok := userAgent(c); ok {
		agent = pythonBytes(given)
	}
	address := clientAddress(c)
	if address != "None" {
		address = pythonBytes(address)
	}
	return digest(address + "|" + agent)
}

// Identifier07 returns the session identifier that Flask-Login 0.7 computes, of the same things as plain text.
func Identifier07(c *dewar.Context) string {
	agent, _ := userAgent(c)
	return digest(clientAddress(c) + "|" + agent)
}

func digest(base string) string {
	sum := sha512.Sum512([]byte(base))
	return hex.EncodeToString(sum[:])
}

// clientAddress is what Python prints of request.remote_addr.
func clientAddress(c *dewar.Context) string {
	if address := c.ClientIP(); address.IsValid() {
		return address.String()
	}
	return "None"
}

// userAgent returns the header as WSGI has it in UTF-8: each byte is a letter of Latin-1.
func userAgent(c *dewar.Context) (string, bool) {
	values := c.Request.Header["User-Agent"]
	if len(values) == 0 {
		return "", false
	}
	var b strings.Builder
	for _, octet := range []byte(values[0]) {
		b.WriteRune(rune(octet))
	}
	return b.String(), true
}

// pythonBytes is Python's repr of text in UTF-8.
func pythonBytes(text string) string {
	quote := byte('\'')
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = '"'
	}
	b := []byte{'b', quote}
	for _, octet := range []byte(text) {
		switch {
		case octet == quote || octet == '\\':
			b = append(b, '\\', octet)
		case octet == '\t':
			b = append(b, `\t`...)
		case octet == '\n':
			b = append(b, `\n`...)
		case octet == '\r':
			b = append(b, `\r`...)
		case octet < ' ' || octet >= 0x7f:
			b = fmt.Appendf(b, `\x%02x`, octet)
		default:
			b = append(b, octet)
		}
	}
	return string(append(b, quote))
}
