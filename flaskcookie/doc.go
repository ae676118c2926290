// Package flaskcookie reads and writes the session cookies of Flask, so that a Go and a Python
// application behind one address share one login. [SessionInterface] is all that an application needs:
//
//	app.SessionInterface = &flaskcookie.SessionInterface{}
//
// # The format
//
// A cookie's value has three parts in URL-safe base64 without padding, with dots between them:
//
//	payload "." timestamp "." signature
//
// The payload is the session as JSON, compressed with zlib and then marked by a dot in front where
// that makes it shorter. The timestamp is the time of signing in seconds since 1970. The signature is
// the HMAC, by default with SHA-1, of all that stands before it, under a key derived from the secret
// key: what the Python package itsdangerous calls URLSafeTimedSerializer; the
// module contrib/itsdangerous has it for tokens in mails and forms. The payload is signed, not
// encrypted: whoever has the cookie can read it.
//
// # What differs from Flask
//
// An uncompressed cookie has the bytes that Flask writes. A compressed one is read by Flask but has
// other bytes, because Go's zlib compresses differently; for the same reason the two do not always
// agree on whether compression pays.
//
// A [Codec] reads what Flask writes and is stricter with everything else. Each cookie has one spelling:
// base64 with spare bits set, padding, line breaks or characters outside the alphabet is malformed, as
// is a timestamp with leading zeros. A payload is inflated only after its signature was verified, and
// only up to a limit.
package flaskcookie
