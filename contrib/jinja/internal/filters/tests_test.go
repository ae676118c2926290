package filters_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/filters"
)

func TestTestsAreJinjas(t *testing.T) {
	t.Parallel()
	others := []coded{num("0"), num("-3"), real("1.5"), str("a"), markup("x"), none, list(num("1"), str("hello world")), missing("m"), dict()}
	var jobs []job
	for name, test := range filters.Tests() {
		for _, undefined := range []string{"default", "strict"} {
			for _, v := range values() {
				j := job{Kind: "test", Name: name, Args: []coded{v}, Named: named{}, Undefined: undefined}
				if len(test.Params) == 1 || undefined == "strict" {
					jobs = append(jobs, j)
				}
				for _, other := range others {
					j.Args = []coded{v, other}
					if len(test.Params) == 2 && name != "sameas" {
						jobs = append(jobs, j)
					}
				}
			}
		}
	}
	compare(t, jobs)
}
