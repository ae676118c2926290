module github.com/dewar-go/dewar/contrib/itsdangerous

go 1.26.0
