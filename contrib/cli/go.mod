module github.com/dewar-go/dewar/contrib/cli

go 1.26.0

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/fsnotify/fsnotify v1.10.1
	github.com/spf13/cobra v1.10.2
	github.com/spf13/pflag v1.0.9
)

require (
	github.com/dewar-go/dewar/contrib/jinja v0.0.0
	github.com/dewar-go/dewar/contrib/pyconfig v0.0.0
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/cast v1.10.0 // indirect
	go.starlark.net v0.0.0-20260908191801-89a6a09411d5 // indirect
	golang.org/x/sys v0.42.0 // indirect
)

replace github.com/dewar-go/dewar => ../../

replace github.com/dewar-go/dewar/contrib/pyconfig => ../pyconfig

replace github.com/dewar-go/dewar/contrib/jinja => ../jinja
