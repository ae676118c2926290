module github.com/dewar-go/dewar/_examples/strangler

go 1.26.0
