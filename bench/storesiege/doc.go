// Package storesiege besieges the sessions that dewar keeps on servers: races between requests of one session in two processes,
// and faults of the database under load, on every backend.
//
//	go test ./storesiege -v                               quick rounds, as CI runs them: some two minutes on two cores
//	DEWAR_ROUNDS=full go test -timeout 60m ./storesiege   full rounds, as make stores runs them
//	go test ./storesiege -run 'TestRaces/redis$' -v       one backend
//	DEWAR_SEED=7 go test ./storesiege -run TestRaces      the requests of a run that printed seed 7, though not their timing
//	DEWAR_FAULT=killed go test ./storesiege -run Faults   the faults with that in their names
//
// Quick rounds are up to 1,000 for each backend in four seconds, and each of some 180 faults once, by chance as many of them as
// ten seconds for each backend allow. Full rounds are 10,000 for each backend, and each fault twice.
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
// What a request that was refused with a 503 wanted may have been done, may be done late, and may be seen and be gone again:
// nobody was promised anything. Acknowledged writes are lost only where a backend does not promise to keep them: in Redis when
// it dies and does not sync each write, and in a failover without Replicas. There the figure is measured.
//
// TestRacesFindFlaws and TestFaultsFindFlaws show that the oracles find stores with one flaw each.
//
// # The tables
//
// Of races: the rounds, crowds among them; the requests, and how many were answered 409 and 503; the rounds that no order of
// events explains. Of faults:
//
//	faults       faults injected
//	requests     requests of visitors, and how many were answered 503
//	inside       the slowest answer as the process measured it: the deadline, which is a second, and 200 ms at most
//	outside      the slowest answer as the visitor saw it
//	not counted  samples while the machine itself stalled: a page without a session was late as well
//	lost         acknowledged writes that are gone, of how many
//	back         sessions that opened after their acknowledged end
//	anonymous    requests with a valid cookie that got an empty session
//	mixed        requests that got another's session
//	recovery     how long after a new client had been served a request was refused, at worst: a second at most
package storesiege
