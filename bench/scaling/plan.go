package scaling

import "math"

// A Node is what one machine of a store is trusted with.
type Node struct {
	// Cores are how many of its cores serve calls, Busy the share of their time that they may be busy in the busiest hour: half, so that
	// calls do not wait and a neighbour's part can be taken over.
	Cores, Busy float64
	// Bytes is how much its sessions may take, In memory or on disk.
	Bytes float64
	In    string
	// Network and Log are bytes per second.
	Network, Log float64
	// Apart reports whether sessions may be spread over several.
	Apart bool
}

// Nodes returns the machines that docs/scaling.md reckons with, by the name of their store.
func Nodes() map[string]Node {
	const gbit = 1e9 / 8
	redis := Node{Cores: 1, Busy: 0.5, Bytes: 25e9, In: "memory", Network: 5 * gbit, Log: 100e6, Apart: true}
	database := Node{Cores: 16, Busy: 0.5, Bytes: 1e12, In: "disk", Network: 5 * gbit, Log: 100e6}
	return map[string]Node{
		"Memory": {Cores: 4, Busy: 0.5, Bytes: 25e9, In: "memory", Network: math.Inf(1), Log: math.Inf(1)},
		"Redis":  redis, "Redis, compact": redis, "PostgreSQL": database, "MariaDB": database,
		"SQLite": {Cores: 1, Busy: 0.5, Bytes: 1e12, In: "disk", Network: math.Inf(1), Log: math.Inf(1)},
	}
}

// A Plan is what a number of sessions needs.
type Plan struct {
	Bytes   float64 // of all sessions
	Calls   float64 // per second, in the busiest hour as all that follows
	Cores   float64 // of the store, all the time
	Network float64 // bytes per second between application and store
	Log     float64 // bytes per second to the log
	// Shards is how many nodes that takes, and Bottleneck what the first of them has least of: "memory", "disk", "cores", "network"
	// or "log"; "" while one node needs less than a tenth of what it has of each.
	Shards     float64
	Bottleneck string
}

// Plan works out what it takes to keep that many sessions.
func (w Workload) Plan(s Store, n Node, sessions float64) Plan {
	r := w.Rates(sessions).Times(w.Peak)
	each := max(s.Bytes, s.Used) + s.Owned
	p := Plan{Bytes: each * sessions, Calls: r.Calls()}
	changes := w.Rates(sessions).Requests * w.Peak * w.Changes
	for _, part := range []struct {
		rate float64
		cost Cost
	}{{r.Creates, s.Create}, {r.Loads, s.Load}, {min(changes, r.Updates), s.Update}, {max(0, r.Updates-changes), s.Touch}, {r.Deletes, s.Delete}} {
		p.Cores += part.rate * part.cost.Server / 1e6
		p.Network += part.rate * (part.cost.Sent + part.cost.Received)
		p.Log += part.rate * part.cost.Log
	}
	p.Shards = 1
	worst := 0.1
	for _, need := range []struct {
		name  string
		nodes float64
	}{{n.In, p.Bytes / n.Bytes}, {"cores", p.Cores / (n.Cores * n.Busy)}, {"network", p.Network / n.Network}, {"log", p.Log / n.Log}} {
		if need.nodes > worst {
			worst, p.Bottleneck = need.nodes, need.name
		}
	}
	p.Shards = max(1, math.Ceil(worst-1e-9))
	return p
}
