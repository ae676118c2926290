module github.com/dewar-go/dewar/_examples/recipes/mail

go 1.26.0

require github.com/dewar-go/dewar v0.0.0

require (
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/spf13/cast v1.10.0 // indirect
)

require (
	github.com/dewar-go/dewar/contrib/itsdangerous v0.0.0-00010101000000-000000000000
	github.com/dewar-go/dewar/contrib/password v0.0.0-00010101000000-000000000000
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect
	github.com/emersion/go-smtp v0.25.1
	github.com/wneessen/go-mail v0.8.1
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/dewar-go/dewar => ../../../

replace github.com/dewar-go/dewar/contrib/itsdangerous => ../../../contrib/itsdangerous

replace github.com/dewar-go/dewar/contrib/password => ../../../contrib/password
