package rule_test

import (
	"net/url"
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

// What is escaped is what Flask escapes, but for what net/url refuses, and comes back as it was.
func TestEscapes(t *testing.T) {
	const all = " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ü\x00"
	const query = "+!%22%23$%25%26'()*%2B,-./09:%3B%3C%3D%3E?@AZ%5B%5C%5D%5E_%60az%7B%7C%7D~%C3%BC%00"
	const fragment = "%20!%22#$%25&'()*+,-./09:;%3C=%3E?@AZ%5B%5C%5D%5E_%60az%7B%7C%7D~%C3%BC%00"
	if got := rule.EscapeQuery(all); got != query {
		t.Errorf("a query has\n%s, want\n%s", got, query)
	}
	if got := rule.EscapeFragment(all); got != fragment {
		t.Errorf("a fragment has\n%s, want\n%s", got, fragment)
	}
	u, err := url.Parse("/?" + rule.EscapeQuery(all) + "=" + rule.EscapeQuery(all) + "#" + rule.EscapeFragment(all))
	if err != nil || u.Query().Get(all) != all || u.Fragment != all {
		t.Errorf("it comes back as %q %q, %v", u.Query(), u.Fragment, err)
	}
}
