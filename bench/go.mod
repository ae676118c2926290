module github.com/dewar-go/dewar/bench

go 1.26.0

require (
	github.com/alexedwards/scs/v2 v2.9.0
	github.com/dewar-go/dewar v0.0.0
	github.com/gorilla/securecookie v1.1.2
	github.com/gorilla/sessions v1.4.0
)

require (
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/spf13/cast v1.10.0 // indirect
)

replace github.com/dewar-go/dewar => ../
