// Command gate compares the speed and the allocations of this state with those of an earlier commit, and fails when something has
// become slower beyond chance, or allocates more.
//
//	make gate                        # in the root: with where the branch began, or the last commit
//	make gate BASE=v0.3.0            # with another commit
//	make gate BENCH=Session/read     # some of the benchmarks, as in go test -bench
//	go run ./gate -h                 # in bench/: what else may be said
//
// It writes both states to a folder of its own, the earlier commit and the files of the work tree, and builds the benchmarks in both.
// A round is three turns: base, head, base again. A turn is many short runs of which the fastest counts, for what disturbs one makes it
// slower and never faster. Head is divided by the middle of the two turns around it, so that what slows the machine for a while is in
// all three, and the second turn of base divided by the first says what the same program differs by: that is the noise, measured in
// the same run.
//
// A row fails when the whole interval of confidence of its ratio is above the far end of that noise, and above ten per cent at least,
// in rounds that were run again after the first had made it suspect. Where the noise is too wide the gate says loudly that it cannot
// tell, and does not fail. Allocations and bytes have no noise: they are counted with the garbage collector off, and a row that needs
// more of them fails.
//
// repository.go finds the earlier commit and writes both states, program.go builds and runs their benchmarks, rows.go says which there
// are, rounds.go measures times and memory.go allocations, judge.go says what is slower and report.go writes it down.
package main
