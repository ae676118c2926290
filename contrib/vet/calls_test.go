package vet

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestEveryMethodIsClassified fails when dewar gets a method that this package has not been told of.
func TestEveryMethodIsClassified(t *testing.T) {
	t.Parallel()
	pkg := load(t)
	for _, tt := range []struct {
		name     string
		changes  func(method string) bool
		harmless []string
	}{
		{"Context", func(m string) bool { return answers(m) || changesHeader(m) }, []string{
			"Accepts", "AcceptsCharsets", "AcceptsEncodings", "AcceptsLanguages", "Authorization", "BaseURL", "Bind", "BindJSON", "Blueprint", "BodyError", "ClientIP", "Config", "Cookie", "Cookies", "Deadline", "DebugAllowed", "Done", "EarlyHints", "Endpoint",
			"Err", "File", "Files", "FlashedMessages", "Form", "Format", "Go", "Host", "IsJSON", "Limit", "LogPath", "LogValue", "Logger", "MarshalJSON", "Method", "NotModified", "Params", "Path", "Proxied", "Query", "RenderString",
			"RequestID", "RewindBody", "Route", "RoutingError", "SafeNext", "Scheme", "Session", "Set", "String", "Trailer", "URL", "URLFor", "Uploads", "Value",
		}},
		{"Session", changesSession, []string{
			"Accessed", "All", "Bool", "Decode", "Duration", "Err", "ExpiresAt", "Float64", "Format", "Get", "Has", "ID", "Int", "Int64", "IsNew",
			"Keys", "Len", "LogValue", "Lookup", "Map", "Modified", "Permanent", "String", "Strings", "Time",
		}},
	} {
		harmless := map[string]bool{}
		for _, method := range tt.harmless {
			harmless[method] = true
		}
		methods := types.NewMethodSet(types.NewPointer(pkg.Scope().Lookup(tt.name).Type()))
		for i := range methods.Len() {
			method := methods.At(i).Obj().Name()
			if methods.At(i).Obj().Exported() && tt.changes(method) == harmless[method] {
				t.Errorf("(*%s).%s: calls.go must say whether it answers or changes what is sent, or this test that it does neither", tt.name, method)
			}
		}
	}
}

// load returns the types of dewar as it is in this repository.
func load(t *testing.T) *types.Package {
	t.Helper()
	found, err := packages.Load(&packages.Config{Mode: packages.NeedTypes | packages.NeedImports | packages.NeedDeps, Dir: "../.."}, ".")
	if err != nil || len(found) != 1 || found[0].Types == nil || found[0].Types.Path() != dewar {
		t.Fatalf("cannot load %s: %v, %v", dewar, found, err)
	}
	return found[0].Types
}
