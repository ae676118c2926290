package router

// WithTrees returns r with chi's trees everywhere, even where they do not pay.
func (r *Router) WithTrees() *Router {
	all := &Router{tables: map[string]*table{}, reach: r.reach}
	grown := map[*table]*table{}
	for method, t := range r.tables {
		if grown[t] != nil {
			all.tables[method] = grown[t]
			continue
		}
		with := *t
		grown[t] = &with
		if method != anyMethod {
			all.distinct = append(all.distinct, &with)
		}
		var variable []*entry
		for _, e := range t.entries {
			if len(e.rule.Variables()) > 0 {
				variable = append(variable, e)
			}
		}
		with.tree = newTree(variable, t.root)
		all.tables[method] = &with
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
