package stores

import (
	"net/http"
	"testing"

	"github.com/dewar-go/dewar/sessionstore"
)

func BenchmarkMemory(b *testing.B) {
	all := map[string]http.Handler{"dewar": withDewar(b, sessionstore.NewMemory()), "scs": withSCS(nil)}
	for _, path := range paths {
		for _, name := range []string{"dewar", "scs"} {
			b.Run(path[1:]+"/"+name, func(b *testing.B) {
				c := newClient(b, all[name], path)
				b.ReportAllocs()
				for b.Loop() {
					c.send()
				}
			})
		}
	}
}
