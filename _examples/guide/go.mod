module github.com/dewar-go/dewar/_examples/guide

go 1.26.0

replace (
	github.com/dewar-go/dewar => ../../
	github.com/dewar-go/dewar/contrib/cli => ../../contrib/cli
	github.com/dewar-go/dewar/contrib/password => ../../contrib/password
	github.com/dewar-go/dewar/contrib/redisstore => ../../contrib/redisstore
)

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/dewar-go/dewar/contrib/cli v0.0.0-00010101000000-000000000000
	github.com/dewar-go/dewar/contrib/password v0.0.0-00010101000000-000000000000
	github.com/dewar-go/dewar/contrib/redisstore v0.0.0-00010101000000-000000000000
	github.com/spf13/cobra v1.10.2
	golang.org/x/crypto v0.59.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/dewar-go/dewar/contrib/jinja v0.0.0 // indirect
	github.com/dewar-go/dewar/contrib/pyconfig v0.0.0 // indirect
	github.com/fsnotify/fsnotify v1.10.1 // indirect
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/redis/go-redis/v9 v9.23.0 // indirect
	github.com/spf13/cast v1.10.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	go.starlark.net v0.0.0-20260908191801-89a6a09411d5 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/text v0.44.0 // indirect
)

tool github.com/dewar-go/dewar/contrib/cli/cmd/dewar

replace github.com/dewar-go/dewar/contrib/pyconfig => ../../contrib/pyconfig

replace github.com/dewar-go/dewar/contrib/jinja => ../../contrib/jinja
