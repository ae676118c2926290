package itsdangerous

// Why a value was refused, for errors.Is. As in Python each belongs to the one it is a kind of: an expired signature is
// a bad time signature, which is a bad signature, which is bad data. No error holds a part of the value.
var (
	// ErrBadData is every other one: the value is worth nothing, whatever is wrong with it.
	ErrBadData error = &kind{"bad data", nil}
	// ErrBadSignature means that no key has signed the value with this salt, or that it has no signature.
	ErrBadSignature error = &kind{"the signature does not match", ErrBadData}
	// ErrBadTimeSignature means that the signature is good and the time missing or malformed.
	ErrBadTimeSignature error = &kind{"the time of the signature is missing or malformed", ErrBadSignature}
	// ErrSignatureExpired means that the value is older than MaxAge, or was signed later than now.
	ErrSignatureExpired error = &kind{"the signature has expired", ErrBadTimeSignature}
	// ErrBadPayload means that the signature is good and what is signed cannot be read.
	ErrBadPayload error = &kind{"the payload cannot be read", ErrBadData}
)

// A kind is an error that belongs to a larger kind.
type kind struct {
	text   string
	larger error
}

func (k *kind) Error() string { return "itsdangerous: " + k.text }

func (k *kind) Unwrap() error { return k.larger }
