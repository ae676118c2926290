// Package itsdangerous signs values as the Python package of that name does: tokens for links that reset a password or
// confirm an address. What Go signs Python reads, and the reverse.
//
//	tokens, err := itsdangerous.NewURLSafeTimedSerializer([]string{secretKey}, itsdangerous.Options{Salt: "password-reset"})
//	token, err := tokens.Dumps(user.ID)
//	err = tokens.Loads(token, &id, itsdangerous.MaxAge(time.Hour))
//
// A token is signed, not encrypted: whoever has it can read it. Give each purpose a salt of its own, so that a token for
// one is worth nothing for another.
//
// # Keys
//
// Keys stand as in a list of itsdangerous: the last one signs, all of them verify. [Keys] puts Flask's SECRET_KEY and
// SECRET_KEY_FALLBACKS in that order.
//
// # What differs from Python
//
// Each token has one spelling: base64 with spare bits set, padding or characters outside the alphabet, and times with
// leading zeros are refused, which Python reads. A payload is inflated after its signature was verified, up to
// Options.MaxPayload. JSON with NaN, Infinity or text that is not UTF-8 is refused both ways.
//
// A wrong signature on a value that has a time is [ErrBadSignature]; Python says BadTimeSignature then, which is one too.
//
// JSON has the bytes that Python writes, with two exceptions: maps are in the order of their keys, and a float that is
// whole is written as an integer, which Python reads as an int. A compressed token has other bytes than Python's, because Go's zlib
// compresses differently.
package itsdangerous
