// Package vet has analyzers that find mistakes in dewar's handlers which neither the compiler nor a run can see:
//
//   - [UnusedAnswer]: the result of Abort, of an answering method or of URLFor that nobody uses
//   - [TwoAnswers]: a handler that answers twice on one path
//   - [LateChange]: a session, a cookie or a header that is changed after the header has been sent
//
// The command dewarvet runs them under go vet:
//
//	go get -tool github.com/dewar-go/dewar/contrib/vet/cmd/dewarvet
//	dewarvet=$(go tool -n dewarvet) && go vet -vettool="$dewarvet" ./...
//
// They are plain go/analysis analyzers, so gopls and golangci-lint can run them too. What they report is a path that the
// code allows; what they cannot see, such as an answer given by a value of a function type, they do not report.
package vet

import "golang.org/x/tools/go/analysis"

// Analyzers returns all analyzers of this package, in the order of their names.
func Analyzers() []*analysis.Analyzer {
	return []*analysis.Analyzer{LateChange, TwoAnswers, UnusedAnswer}
}
