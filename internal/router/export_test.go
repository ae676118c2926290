package router

// WithTrees returns r with chi's trees everywhere, even where they do not pay.
func (r *Router) WithTrees() *Router {
	all := &Router{tables: map[string]*table{}, reach: r.reach}
	grown := map[*table]*table{}
	for method, t := range r.tables {
		if grown[t] == nil {
			grown[t] = newTable(t.entries, func([]*entry, *fork) bool { return true })
			grown[t].methods = t.methods
			if method != anyMethod {
				all.distinct = append(all.distinct, grown[t])
			}
		}
		all.tables[method] = grown[t]
	}
	all.get = all.table("GET")
	return all
}

// Work returns how often trees are asked for what Match is asked, and how many forks and entries are looked at.
func (r *Router) Work(method, path string) (finds, steps int) {
	var s search
	r.match(&s, method, path, nil)
	return s.finds, s.steps
}
