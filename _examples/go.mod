module github.com/dewar-go/dewar/_examples

go 1.26.0

require (
	github.com/BurntSushi/toml v1.6.0
	github.com/dewar-go/dewar v0.0.0
	github.com/dewar-go/dewar/contrib/password v0.0.0-00010101000000-000000000000
	github.com/dewar-go/dewar/contrib/pyconfig v0.0.0-00010101000000-000000000000
	go.yaml.in/yaml/v3 v3.0.6
	modernc.org/sqlite v1.61.1
)

require (
	github.com/dewar-go/dewar/contrib/openapi v0.0.0-00010101000000-000000000000
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/spf13/cast v1.10.0 // indirect
	go.starlark.net v0.0.0-20260908191801-89a6a09411d5 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	modernc.org/libc v1.79.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

replace (
	github.com/dewar-go/dewar => ../
	github.com/dewar-go/dewar/contrib/password => ../contrib/password
	github.com/dewar-go/dewar/contrib/pyconfig => ../contrib/pyconfig
)

replace github.com/dewar-go/dewar/contrib/openapi => ../contrib/openapi
