package openapi

import (
	"fmt"
	"net/http"
	"reflect"

	"github.com/dewar-go/dewar"
)

// A meta is a key of dewar with a name less to type.
type meta[T any] struct{ *dewar.Meta[T] }

func newMeta[T any](name string) meta[T] { return meta[T]{dewar.NewMeta[T]("openapi." + name)} }

// has reports whether anything is attached to a route.
func (m meta[T]) has(route dewar.Route) bool {
	_, ok := m.Of(route)
	return ok
}

var (
	inMeta          = newMeta[reflect.Type]("in")
	statusMeta      = newMeta[int]("status")
	summaryMeta     = newMeta[string]("summary")
	descriptionMeta = newMeta[string]("description")
	operationMeta   = newMeta[string]("operationID")
	tagsMeta        = newMeta[[]string]("tags")
	deprecatedMeta  = newMeta[bool]("deprecated")
	hiddenMeta      = newMeta[bool]("hidden")
	strictMeta      = newMeta[bool]("strict")
	securityMeta    = newMeta[[]Scheme]("security")
	answerMetas     = metasByStatus[success]("answer") // a key for each, so that one adds to the others
	failMetas       = metasByStatus[string]("fails")
)

func metasByStatus[T any](name string) map[int]meta[T] {
	all := make(map[int]meta[T], 400)
	for status := 200; status < 600; status++ {
		all[status] = newMeta[T](fmt.Sprint(name, status))
	}
	return all
}

// A success is a good answer that a route may give.
type success struct {
	out   reflect.Type // nil for what is no JSON
	media string       // "" for an answer without content
}

// In says what a plain handler takes: the struct that it gives to [dewar.Context.Bind], or that has the same tags as what it reads. A typed handler needs none.
func In[T any]() dewar.RouteOption { return inMeta.With(reflect.TypeFor[T]()) }

// Out says that an answer of this status is a T in JSON: for plain handlers, and for what typed ones answer beside what they return. A route may
// have one for each status. It panics on a status that is no success or redirect.
func Out[T any](status int) dewar.RouteOption {
	return goodStatus("Out", status).With(success{reflect.TypeFor[T](), "application/json"})
}

// Answers says that an answer of this status has another type than JSON, such as text/csv, or no content if mediaType is "". It panics on a status
// that is no success or redirect.
func Answers(status int, mediaType string) dewar.RouteOption {
	return goodStatus("Answers", status).With(success{nil, mediaType})
}

func goodStatus(option string, status int) meta[success] {
	if status < 200 || status > 399 {
		panic(fmt.Sprintf("openapi: %s(%d): no status of success; pass 200 to 399, and Fails for errors", option, status))
	}
	return answerMetas[status]
}

// answersOf returns what [Out] and [Answers] say of a route.
func answersOf(route dewar.Route) map[int]success {
	all := map[int]success{}
	for status := 200; status < 400; status++ {
		if s, ok := answerMetas[status].Of(route); ok {
			all[status] = s
		}
	}
	return all
}

// failsOf returns what [Fails] says of a route.
func failsOf(route dewar.Route) map[int]string {
	all := map[int]string{}
	for status := 400; status < 600; status++ {
		if text, ok := failMetas[status].Of(route); ok {
			all[status] = text
		}
	}
	return all
}

// Status sets the status of a typed handler's good answer. The default is 201 for POST, 204 where nothing is returned, and otherwise 200. It panics
// on a status that is no success.
func Status(status int) dewar.RouteOption {
	if status < 200 || status > 299 {
		panic(fmt.Sprintf("openapi: Status(%d): no status of success; pass 200 to 299", status))
	}
	return statusMeta.With(status)
}

// Fails says that a route may answer with an error of this status. Those of Bind and of [Security] are in the document anyway, and every other
// error as the default. On a blueprint or an App it counts for all operations there. It panics on a status that is no error.
func Fails(status int) dewar.RoutingOption { return FailsWhen(status, http.StatusText(status)) }

// FailsWhen is [Fails] with a text that says when: FailsWhen(409, "There is such a post already.").
func FailsWhen(status int, text string) dewar.RoutingOption {
	if status < 400 || status > 599 {
		panic(fmt.Sprintf("openapi: Fails(%d): no status of an error; pass 400 to 599, and Out or Answers for others", status))
	}
	return failMetas[status].With(text)
}

// Summary says in a few words what an operation does. The default is none.
func Summary(text string) dewar.RouteOption { return summaryMeta.With(text) }

// Description says at length what an operation does, in CommonMark. The default is none.
func Description(text string) dewar.RouteOption { return descriptionMeta.With(text) }

// OperationID names an operation in the document. The default is its endpoint, with the method behind it if it has several, and a number
// behind that for further rules.
func OperationID(id string) dewar.RouteOption { return operationMeta.With(id) }

// Tags puts operations under headings. The default is the name of the blueprint, if any. The innermost counts.
func Tags(names ...string) dewar.RoutingOption { return tagsMeta.With(names) }

// Deprecated says that operations are there for old clients alone.
func Deprecated() dewar.RoutingOption { return deprecatedMeta.With(true) }

// Hidden leaves routes out of the document. They are served as ever.
func Hidden() dewar.RoutingOption { return hiddenMeta.With(true) }

// Strict has a typed handler refuse members of a JSON body that no field takes, as [dewar.RefuseUnknown] does, and says so.
func Strict() dewar.RoutingOption { return strictMeta.With(true) }
