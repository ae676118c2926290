module github.com/dewar-go/dewar/_examples/strangler

go 1.26.0

require (
	github.com/dewar-go/dewar v0.0.0
	github.com/dewar-go/dewar/contrib/csrf v0.0.0
	github.com/dewar-go/dewar/contrib/httpauth v0.0.0
	github.com/dewar-go/dewar/contrib/i18n v0.0.0
	github.com/dewar-go/dewar/contrib/itsdangerous v0.0.0
	github.com/dewar-go/dewar/contrib/jinja v0.0.0
	github.com/dewar-go/dewar/contrib/login v0.0.0
	github.com/dewar-go/dewar/contrib/password v0.0.0
	github.com/dewar-go/dewar/contrib/pyconfig v0.0.0
	modernc.org/sqlite v1.61.1
)

replace (
	github.com/dewar-go/dewar => ../../
	github.com/dewar-go/dewar/contrib/csrf => ../../contrib/csrf
	github.com/dewar-go/dewar/contrib/httpauth => ../../contrib/httpauth
	github.com/dewar-go/dewar/contrib/i18n => ../../contrib/i18n
	github.com/dewar-go/dewar/contrib/itsdangerous => ../../contrib/itsdangerous
	github.com/dewar-go/dewar/contrib/jinja => ../../contrib/jinja
	github.com/dewar-go/dewar/contrib/login => ../../contrib/login
	github.com/dewar-go/dewar/contrib/password => ../../contrib/password
	github.com/dewar-go/dewar/contrib/pyconfig => ../../contrib/pyconfig
)
