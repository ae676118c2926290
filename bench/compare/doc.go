// Command compare measures dewar beside other libraries on the same work, and writes docs/performance.md with its charts. A test
// fixes what every contender must answer, so that none is fast by doing less. In process a round measures all contenders one
// after the other, over a socket each is a process of its own with one core; what else the machine does meets all of them, and
// what counts is the ratio within a round.
//
//	make compare                      # in the root: 20 rounds, and the documentation
//	go run ./compare -rounds 3        # in bench/: a quick look, written too
//	go run ./compare -print           # the documentation anew, from what was measured last
//
// work.go says what is asked, a file for each contender how it is answered, inprocess.go and socket.go how it is measured,
// measured.go what is kept, page.go and picture.go what is written.
package main
