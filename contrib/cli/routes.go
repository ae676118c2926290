package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

// listing is what the options of routes say.
type listing struct {
	sort, match             string
	allMethods, sites, json bool
}

// sortings are the words for --sort, as Flask has them.
var sortings = []string{"endpoint", "methods", "domain", "rule", "match"}

func routesCommand() *cobra.Command {
	var o listing
	cmd := &cobra.Command{
		Use:   "routes",
		Short: "List the routes, or say which of them answers a request",
		Long: "List the routes with their endpoints and methods. Flask's table has the column Subdomain or Host where a route has one.\n\n" +
			"--match takes a method and a path, or a path alone for GET, and says which route answers and why the others do not. Then\n" +
			"the exit code is 1 if none does.",
		Example: "  $0 routes\n  $0 routes --sort match\n  $0 routes --match \"POST /posts/7\"",
		Args: func(cmd *cobra.Command, args []string) error {
			if o.match == "" {
				return noArguments(cmd, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.match = strings.Join(append([]string{o.match}, args...), " "); o.match != "" {
				return o.explain(App(cmd), cmd.OutOrStdout())
			}
			return o.list(App(cmd), cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.sort, "sort", "s", "endpoint", "by endpoint, methods, domain, rule, or match: as requests try them")
	flags.BoolVar(&o.allMethods, "all-methods", false, "show HEAD and OPTIONS too")
	flags.BoolVar(&o.sites, "sites", false, "show where each route was registered")
	flags.StringVar(&o.match, "match", "", "a request, such as \"GET /posts/7\"")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("sort", cobra.FixedCompletions(sortings, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *listing) list(app *dewar.App, w io.Writer) error {
	routes, err := o.sorted(app)
	switch {
	case err != nil:
		return err
	case o.json:
		return writeJSON(w, o.shown(routes))
	case len(routes) == 0:
		_, err := fmt.Fprintln(w, "No routes were registered.")
		return err
	}
	headings, rows := o.table(routes)
	return writeTable(w, headings, rows)
}

// sorted returns the routes in the order that is asked for.
func (o *listing) sorted(app *dewar.App) (dewar.Routes, error) {
	key := func(dewar.Route) string { return "" }
	switch o.sort {
	case "match":
		return app.MatchOrder(), nil
	case "endpoint":
		key = nameOf
	case "methods":
		key = o.methods
	case "domain":
		key = func(r dewar.Route) string { return r.Host }
	case "rule":
		key = func(r dewar.Route) string { return r.Rule }
	default:
		return nil, misused("--sort %q: want one of %s", o.sort, strings.Join(sortings, ", "))
	}
	routes := app.Routes()
	slices.SortStableFunc(routes, func(a, b dewar.Route) int { return cmp.Compare(key(a), key(b)) })
	return routes, nil
}

// table returns the headings and rows that Flask prints.
func (o *listing) table(routes dewar.Routes) (headings []string, rows [][]string) {
	hosts := slices.ContainsFunc(routes, func(r dewar.Route) bool { return r.Host != "" })
	row := func(endpoint, methods, host, rule, site string) []string {
		cells := []string{endpoint, methods}
		if hosts {
			cells = append(cells, host)
		}
		if cells = append(cells, rule); o.sites {
			cells = append(cells, site)
		}
		return cells
	}
	for _, r := range routes {
		rows = append(rows, row(nameOf(r), o.methods(r), r.Host, r.Rule, r.Site))
	}
	return row("Endpoint", "Methods", "Host", "Rule", "Registered at"), rows
}

// nameOf returns the endpoint, or where a route without one was registered.
func nameOf(r dewar.Route) string {
	return cmp.Or(r.Endpoint, "("+r.Site+")")
}

// methods returns what is shown of a route's methods.
func (o *listing) methods(r dewar.Route) string {
	if r.Methods == nil {
		return "(all)"
	}
	methods := slices.Clone(r.Methods)
	if !o.allMethods {
		methods = slices.DeleteFunc(methods, func(m string) bool { return m == http.MethodHead || m == http.MethodOptions })
	}
	return strings.Join(methods, ", ")
}

// A shownRoute is a route in JSON. Methods is null for every method.
type shownRoute struct {
	Endpoint  string    `json:"endpoint"`
	Methods   []string  `json:"methods"`
	Host      string    `json:"host,omitempty"`
	Rule      string    `json:"rule"`
	Defaults  dewar.Map `json:"defaults,omitempty"`
	Strict    bool      `json:"strict_slashes"`
	Blueprint string    `json:"blueprint,omitempty"`
	Site      string    `json:"site"`
	BuildOnly bool      `json:"build_only,omitempty"`
	Relays    bool      `json:"relays,omitempty"`
}

func shown(r dewar.Route) shownRoute {
	return shownRoute{r.Endpoint, r.Methods, r.Host, r.Rule, encodable(r.Defaults), r.StrictSlashes, r.Blueprint, r.Site, r.BuildOnly, r.Relays}
}

// encodable returns defaults with the text of what JSON does not have.
func encodable(defaults dewar.Map) dewar.Map {
	defaults = maps.Clone(defaults)
	for name, value := range defaults {
		if _, err := json.Marshal(value); err != nil {
			defaults[name] = fmt.Sprint(value)
		}
	}
	return defaults
}

func (o *listing) shown(routes dewar.Routes) []shownRoute {
	all := []shownRoute{}
	for _, r := range routes {
		all = append(all, shown(r))
	}
	return all
}

// request splits what --match was given into a method and a URL.
func (o *listing) request() (method, url string, err error) {
	fields := strings.Fields(o.match)
	switch {
	case len(fields) == 1:
		fields = append([]string{http.MethodGet}, fields...)
	case len(fields) != 2:
		return "", "", misused("--match %q: want a method and a path, as in \"GET /posts/7\"", o.match)
	}
	method, url = strings.ToUpper(fields[0]), fields[1]
	if !strings.HasPrefix(url, "/") && !strings.Contains(url, "://") {
		return "", "", misused("--match %q: the path begins with a slash, as in \"GET /posts/7\"", o.match)
	}
	return method, url, nil
}

// An explained is what one route has to do with a request, in JSON.
type explained struct {
	shownRoute
	Matches bool   `json:"matches"`
	Reason  string `json:"reason"`
}

// explain says which route answers a request, and why the others do not.
func (o *listing) explain(app *dewar.App, w io.Writer) error {
	method, url, err := o.request()
	if err != nil {
		return err
	}
	verdicts, err := app.Explain(method, url)
	if err != nil {
		return err
	}
	answered := len(verdicts) > 0 && verdicts[0].Matches
	if o.json {
		all := []explained{}
		for _, v := range verdicts {
			all = append(all, explained{shown(v.Route), v.Matches, v.Reason})
		}
		err = writeJSON(w, all)
	} else {
		err = o.writeVerdicts(w, method+" "+url, verdicts, answered)
	}
	if err == nil && !answered {
		return errFound
	}
	return err
}

func (o *listing) writeVerdicts(w io.Writer, request string, verdicts []dewar.Explanation, answered bool) error {
	p := paintFor(w)
	if answered {
		winner := verdicts[0]
		verdicts = verdicts[1:]
		_, err := fmt.Fprintf(w, "%s %s\n  %s, %s\n  %s\n", request+" goes to", p.green(nameOf(winner.Route)), cmp.Or(winner.Route.Rule, "the fallback"), winner.Route.Site, winner.Reason)
		if err != nil || len(verdicts) == 0 {
			return err
		}
		fmt.Fprint(w, "\nThe others:\n\n")
	} else {
		fmt.Fprintf(w, "%s %s\n\n", p.red("No route answers"), request)
	}
	rows := make([][]string, len(verdicts))
	for i, v := range verdicts {
		rows[i] = []string{nameOf(v.Route), o.methods(v.Route), v.Route.Rule, v.Reason}
	}
	return writeTable(w, []string{"Endpoint", "Methods", "Rule", "Why not"}, rows)
}
