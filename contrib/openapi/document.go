package openapi

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
)

// A describer writes one document.
type describer struct {
	api      *API
	types    *types
	schemes  map[string]*object
	tags     map[string]bool
	paths    *object
	shapes   map[string]dewar.Route // of paths, without the names of their variables
	ids      map[string]dewar.Route
	problems []error
}

// describe returns the document of an API, or all that cannot be described.
func describe(api *API) ([]byte, error) {
	d := &describer{
		api: api, types: newTypes(api.app), schemes: map[string]*object{}, tags: map[string]bool{}, paths: obj(),
		shapes: map[string]dewar.Route{}, ids: map[string]dewar.Route{},
	}
	for _, route := range api.routes() {
		d.add(route)
	}
	if len(d.problems) > 0 {
		return nil, errors.Join(d.problems...)
	}
	info := obj("title", api.title, "version", api.version)
	info.setText("description", api.about)
	document := obj("openapi", "3.1.1", "info", info)
	if len(api.servers) > 0 {
		var servers []any
		for _, url := range api.servers {
			servers = append(servers, obj("url", url))
		}
		document.set("servers", servers)
	}
	document.set("paths", d.paths)
	document.set("components", d.components())
	if len(d.tags) > 0 {
		var tags []any
		for _, name := range slices.Sorted(maps.Keys(d.tags)) {
			tags = append(tags, obj("name", name))
		}
		document.set("tags", tags)
	}
	return document.printed()
}

func (d *describer) components() *object {
	schemas := d.types.components()
	components := obj("schemas", schemas, "responses", obj("Problem", obj("description", "Any other error.", "content", problemContent())))
	if len(d.schemes) > 0 {
		schemes := obj()
		for _, name := range slices.Sorted(maps.Keys(d.schemes)) {
			schemes.set(name, d.schemes[name])
		}
		components.set("securitySchemes", schemes)
	}
	return components
}

// problemContent is the content of every error answer.
func problemContent() *object {
	return obj("application/problem+json", obj("schema", obj("$ref", "#/components/schemas/Problem")))
}

// methodOrder are the methods that OpenAPI has operations for, in the order in which they are written.
var methodOrder = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "OPTIONS"}

// add adds the operations of a route.
func (d *describer) add(route dewar.Route) {
	fail := func(format string, args ...any) {
		d.problems = append(d.problems, fmt.Errorf("openapi: %s: %q "+format, append([]any{route.Site, route.Rule}, args...)...))
	}
	path, shape := pathOf(route)
	item, known := d.paths.get(path)
	if other, taken := d.shapes[shape]; taken && !known {
		fail("and %q, at %s, are one path to OpenAPI, which looks at the names of variables alone; name the variables alike, or leave one out with openapi.Hidden()", other.Rule, other.Site)
		return
	}
	d.shapes[shape] = route
	if !known {
		item = obj()
	}
	methods, err := methodsOf(route)
	if err != nil {
		fail("%w", err)
		return
	}
	for _, method := range methods {
		key := strings.ToLower(method)
		if _, twice := item.(*object).get(key); twice {
			fail("has a second operation for %s, of another host; leave one of them out with openapi.Hidden()", method)
			return
		}
		operation, err := d.operation(route, method, len(methods) > 1)
		if err != nil {
			fail("%w", err)
			return
		}
		item.(*object).set(key, operation)
	}
	if !known {
		d.paths.set(path, item)
	}
}

// pathOf returns the path of a rule as OpenAPI writes it, and the same with no names.
func pathOf(route dewar.Route) (path, shape string) {
	path, shape = route.Rule, route.Rule
	for _, v := range route.Variables() {
		if !v.InHost {
			path = strings.Replace(path, v.Text, "{"+v.Name+"}", 1)
			shape = strings.Replace(shape, v.Text, "{}", 1)
		}
	}
	return path, shape
}

// methodsOf returns the methods of a route that have operations: those that are there by themselves have none.
func methodsOf(route dewar.Route) ([]string, error) {
	if route.Methods == nil {
		return nil, errors.New("answers every method; name them with dewar.Methods, or leave the route out with openapi.Hidden()")
	}
	var methods []string
	for _, method := range route.Methods {
		switch {
		case method == http.MethodHead && slices.Contains(route.Methods, http.MethodGet), method == http.MethodOptions:
		case !slices.Contains(methodOrder, method):
			return nil, fmt.Errorf("answers %s, which OpenAPI 3.1 has no operations for; leave the route out with openapi.Hidden()", method)
		default:
			methods = append(methods, method)
		}
	}
	slices.SortFunc(methods, func(a, b string) int {
		return cmp.Compare(slices.Index(methodOrder, a), slices.Index(methodOrder, b))
	})
	return methods, nil
}

// operation describes one method of a route.
func (d *describer) operation(route dewar.Route, method string, several bool) (*object, error) {
	operation := obj()
	if tags := d.tagsOf(route); len(tags) > 0 {
		operation.set("tags", tags)
	}
	text, _ := summaryMeta.Of(route)
	operation.setText("summary", text)
	text, _ = descriptionMeta.Of(route)
	operation.setText("description", text)
	if err := d.setID(operation, route, method, several); err != nil {
		return nil, err
	}
	if server := d.serverOf(route); server != nil {
		operation.set("servers", []any{server})
	}
	typed, in := d.takes(route)
	taken, err := d.taken(route, method, in)
	if err != nil {
		return nil, err
	}
	if len(taken.parameters) > 0 {
		operation.set("parameters", taken.parameters)
	}
	if taken.body != nil {
		operation.set("requestBody", taken.body)
	}
	responses, err := d.responses(operation, route, method, typed, taken)
	if err != nil {
		return nil, err
	}
	operation.set("responses", responses)
	if deprecatedMeta.has(route) {
		operation.set("deprecated", true)
	}
	return operation, nil
}

// serverOf returns the host of a route that has one of its own; nil for others.
func (d *describer) serverOf(route dewar.Route) *object {
	host := route.Host
	if host == "" {
		return nil
	}
	if strings.HasSuffix(host, ".") { // of dewar.Subdomain
		host = strings.TrimPrefix(host+d.api.app.Config.String("SERVER_NAME"), ".")
	}
	variables := obj()
	for _, v := range route.Variables() {
		if v.InHost {
			host = strings.Replace(host, v.Text, "{"+v.Name+"}", 1)
			variables.set(v.Name, obj("default", v.Name))
		}
	}
	server := obj("url", "//"+host)
	if len(variables.members) > 0 {
		server.set("variables", variables)
	}
	return server
}

func (d *describer) tagsOf(route dewar.Route) []string {
	tags, said := tagsMeta.Of(route)
	if !said && route.Blueprint != "" {
		tags = []string{route.Blueprint}
	}
	for _, tag := range tags {
		d.tags[tag] = true
	}
	return tags
}

// setID names an operation. What has neither an endpoint nor a name given gets none.
func (d *describer) setID(operation *object, route dewar.Route, method string, several bool) error {
	id, given := operationMeta.Of(route)
	if !given {
		id = route.Endpoint
	}
	if id == "" {
		return nil
	}
	if several {
		id += "_" + strings.ToLower(method)
	}
	if other, taken := d.ids[id]; taken && given {
		return fmt.Errorf("has the operationId %q, which %q has too, at %s; give one of them another by openapi.OperationID", id, other.Rule, other.Site)
	}
	free := id
	for n := 2; ; n++ {
		if _, taken := d.ids[free]; !taken {
			break
		}
		free = id + "_" + strconv.Itoa(n)
	}
	d.ids[free] = route
	operation.set("operationId", free)
	return nil
}

// takes returns the typed handler of a route, if it is one, and what it binds.
func (d *describer) takes(route dewar.Route) (typed *typedHandler, in reflect.Type) {
	typed, _ = typedMeta.Of(route)
	if typed != nil && typed.in != nil {
		return typed, typed.in
	}
	in, _ = inMeta.Of(route)
	return typed, in
}

// responses describes the answers of an operation.
func (d *describer) responses(operation *object, route dewar.Route, method string, typed *typedHandler, in *taken) (*object, error) {
	good := answersOf(route)
	if typed != nil && !typed.plain {
		status := successOf(route, method, typed.out != nil)
		if _, said := good[status]; !said {
			good[status] = success{typed.out, media(typed.out != nil)}
		}
	}
	if len(good) == 0 {
		good[http.StatusOK] = success{}
	}
	responses := obj()
	for _, status := range slices.Sorted(maps.Keys(good)) {
		response, err := d.success(status, good[status])
		if err != nil {
			return nil, err
		}
		responses.set(strconv.Itoa(status), response)
	}
	fails := failsOf(route)
	in.fails(fails)
	d.security(operation, route, method, fails)
	for _, status := range slices.Sorted(maps.Keys(fails)) {
		responses.set(strconv.Itoa(status), obj("description", fails[status], "content", problemContent()))
	}
	responses.set("default", obj("$ref", "#/components/responses/Problem"))
	return responses, nil
}

// media is the type of what a typed handler returns.
func media(hasOut bool) string {
	if hasOut {
		return "application/json"
	}
	return ""
}

func (d *describer) success(status int, s success) (*object, error) {
	response := obj("description", cmp.Or(http.StatusText(status), "Success"))
	switch {
	case s.media == "", status == http.StatusNoContent, status == http.StatusResetContent, status == http.StatusNotModified:
		return response, nil
	case s.out == nil:
		response.set("content", obj(s.media, obj()))
		return response, nil
	}
	schema, err := d.types.sent(s.out)
	if err != nil {
		return nil, fmt.Errorf("answers with %v: %w", s.out, err)
	}
	response.set("content", obj(s.media, obj("schema", schema)))
	return response, nil
}
