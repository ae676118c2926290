// Package siege besieges the sessions that dewar keeps on servers: races between requests of one session in two processes,
// and faults of the database under load, on every backend.
//
//	go test ./siege                                  quick rounds, as CI runs them
//	DEWAR_ROUNDS=full go test -timeout 60m ./siege   full rounds, as make stores runs them
//	go test ./siege -run 'TestRaces/redis' -v        one backend, with its table
//	DEWAR_SEED=7 go test ./siege -run TestRaces      the schedule of a run that printed seed 7
//
// The application under siege is this test binary once more, in processes of its own on 127.0.0.1, with one SECRET_KEY and one
// backend: two processes, and one with two listeners for sessions in memory. Servers are started for the test and end with it;
// without their programs a backend is skipped, loudly.
//
// # Races
//
// A round is one session and some requests that change it at once: some wait between opening the session and saving it
// until others have been answered. Then all cookies that the session ever had are tried through both processes. A model of the
// session, which knows nothing of stores, looks for an order of events, each within the time of its request, that
// explains every answer: what was answered 2xx has happened, what was answered 409 has not, a 503 may have. If there
// is none, something was lost, has come back, or was seen by the wrong cookie. Crowds are rounds of 64 requests that each do
// the same: all 64 changes must be there.
//
// # Faults
//
// Visitors log in, write, read and log out all the time, while the database is stopped, paused, killed, failed over, slowed
// down, cut off, filled up, or its clock is moved. Four oracles watch them: the guard (a page for admins shows to admins
// alone), the ledger (what was acknowledged is there), isolation (an answer names the visitor that asked), and the canary
// (keys, passwords, cookies and values are in no log and in no error page).
//
// # The table
//
//	rounds       rounds of races, crowds among them
//	requests     requests of visitors
//	faults       faults injected
//	worst        the slowest answer, in the process and as the client saw it; samples while the machine itself stalled, when
//	             a handler without a session was late too, are not counted, and their number is in brackets
//	lost         acknowledged writes that are gone, of how many
//	back         sessions that opened after their acknowledged end
//	anonymous    requests with a valid cookie that got an empty session
//	recovery     how long after a new client was served a request was refused, at worst
package siege
