module github.com/dewar-go/dewar/_examples/templ

go 1.26.0

require (
	github.com/a-h/templ v0.3.1118
	github.com/dewar-go/dewar v0.0.0
)

require (
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/spf13/cast v1.10.0 // indirect
)

replace github.com/dewar-go/dewar => ../../
