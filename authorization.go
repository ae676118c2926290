package dewar

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/internal/headers"
)

// Authorization is what a client says about itself in the header Authorization. It is not verified; contrib/httpauth has
// hooks that do. However it is printed, it shows its type alone, and nothing when that is all there is: a client may have sent
// a secret without a scheme in front.
type Authorization struct {
	// Type is the scheme in lower case: basic, bearer, digest and so on. "" means that the client says nothing.
	Type string
	// Username is that of basic and digest.
	Username string
	// Password is that of basic.
	Password string
	// Token is what stands behind the scheme, if it is no list of parameters: that of bearer.
	Token string
	// Params are the parameters of digest and the like, their names in lower case.
	Params map[string]string
}

// shown is the type, "" where it may be the secret itself.
func (a Authorization) shown() string {
	if a.Type != "basic" && a.Token == "" && len(a.Params) == 0 {
		return ""
	}
	return a.Type
}

// Format prints the type, for every verb.
func (a Authorization) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Authorization(%q)", a.shown())
}

// LogValue returns the type.
func (a Authorization) LogValue() slog.Value { return slog.StringValue(a.shown()) }

// MarshalJSON returns the type.
func (a Authorization) MarshalJSON() ([]byte, error) { return json.Marshal(a.shown()) }

// Authorization returns what the client says about itself. It is zero without the header, with several of them, and with
// one that is malformed: basic that is no base64 of UTF-8 with a colon in it, parameters that are none or are twice.
// Flask has request.authorization, which is None then.
func (c *Context) Authorization() Authorization {
	lines := c.Request.Header.Values("Authorization")
	if len(lines) != 1 || !utf8.ValidString(lines[0]) {
		return Authorization{}
	}
	scheme, rest, _ := strings.Cut(lines[0], " ")
	a := Authorization{Type: strings.ToLower(scheme)}
	rest = strings.TrimSpace(rest)
	switch {
	case a.Type == "basic":
		return c.basicAuthorization()
	case !strings.Contains(strings.TrimRight(rest, "="), "="):
		a.Token = rest
		return a
	}
	params, ok := headers.Params(rest)
	if !ok {
		return Authorization{}
	}
	a.Params, a.Username = params, params["username"]
	return a
}

func (c *Context) basicAuthorization() Authorization {
	name, password, ok := c.Request.BasicAuth()
	if !ok || !utf8.ValidString(name+password) {
		return Authorization{}
	}
	return Authorization{Type: "basic", Username: name, Password: password}
}
