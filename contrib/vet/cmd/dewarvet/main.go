// Dewarvet finds mistakes in the handlers of dewar's applications. It is run by go vet:
//
//	dewarvet=$(go tool -n dewarvet) && go vet -vettool="$dewarvet" ./...
//
// Package [github.com/dewar-go/dewar/contrib/vet] says what it finds.
package main

import (
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/dewar-go/dewar/contrib/vet"
)

func main() { unitchecker.Main(vet.Analyzers()...) }
