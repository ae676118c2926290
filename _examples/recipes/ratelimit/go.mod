module github.com/dewar-go/dewar/_examples/recipes/ratelimit

go 1.26.0

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/go-chi/httprate v0.16.1
)

require (
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/klauspost/cpuid/v2 v2.2.10 // indirect
	github.com/spf13/cast v1.10.0 // indirect
	github.com/zeebo/xxh3 v1.0.2 // indirect
	golang.org/x/sys v0.30.0 // indirect
)

replace github.com/dewar-go/dewar => ../../../
