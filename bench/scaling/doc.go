// Package scaling is the model behind docs/scaling.md: what sessions on a server cost, from ten thousand to a thousand million of
// them. It has the formulas, simulations that do not use them, and the charts.
//
//	go test ./scaling                            # model against simulation, documentation against model
//	go test -run Docs ./scaling -update          # write the charts and tables of docs/scaling.md anew
//	go test -run Measure ./scaling -v -update    # measure the stores that run here, then the same
package scaling
