module github.com/dewar-go/dewar/contrib/jinja

go 1.26.0

require github.com/dewar-go/dewar v0.0.0

replace github.com/dewar-go/dewar => ../../
