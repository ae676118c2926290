package rule

import (
	"strings"

	"github.com/dewar-go/dewar/internal/headers"
)

// What stands for itself in a part of a URL, beside letters, digits and -._~: what Flask leaves as it is, but for two
// characters that net/url refuses, the semicolon of a query and the percent sign of a fragment.
const (
	inPath     = "!$&'()*+,/:;=@"
	inQuery    = "!$'()*,/:?@"
	inFragment = "!#$&'()*+,/:;=?@"
)

// EscapeQuery returns a name or value for a query. A space is a plus.
func EscapeQuery(text string) string {
	return strings.ReplaceAll(headers.Escape(text, inQuery+" "), " ", "+")
}

// EscapeFragment returns what stands behind the # of a URL.
func EscapeFragment(text string) string { return headers.Escape(text, inFragment) }
