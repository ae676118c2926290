module github.com/dewar-go/dewar

go 1.26.0

require (
	github.com/go-chi/chi/v5 v5.5.0
	github.com/gorilla/securecookie v1.1.2
	github.com/spf13/cast v1.10.0
)
