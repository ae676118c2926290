// Package guide holds the test of docs/guide: every code block there is compiled, and run where it says what it answers.
// The rules by which the test completes what is only a part of a program are at the top of guide_test.go.
package guide

// What the programs of the guide import, so that this module requires it.
import (
	_ "github.com/dewar-go/dewar"
	_ "github.com/dewar-go/dewar/contrib/cli"
	_ "github.com/dewar-go/dewar/contrib/cli/clitest"
	_ "github.com/dewar-go/dewar/contrib/password"
	_ "github.com/dewar-go/dewar/contrib/redisstore"
	_ "github.com/dewar-go/dewar/dewartest"
	_ "github.com/dewar-go/dewar/sessionstore"
	_ "github.com/spf13/cobra"
	_ "golang.org/x/crypto/acme/autocert"
)
