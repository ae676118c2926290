package migrate

import (
	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

// Progress says who serves each endpoint of the two lists.
func Progress(python, golang []Route) strangler.Table {
	var routes dewar.Routes
	for _, r := range golang {
		if !r.BuildOnly {
			routes = append(routes, dewar.Route{Endpoint: r.Endpoint, Rule: r.Rule, Methods: r.Methods, Relays: r.Relays})
		}
	}
	var endpoints []strangler.Endpoint
	for _, r := range python {
		if !r.BuildOnly {
			endpoints = append(endpoints, strangler.Endpoint{Name: r.Endpoint, Rule: r.Rule, Methods: r.Methods})
		}
	}
	return strangler.Progress(routes, endpoints)
}
