module github.com/dewar-go/dewar/contrib/password

go 1.26.0

require golang.org/x/crypto v0.58.0
