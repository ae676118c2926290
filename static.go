package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/files"
)

// staticEndpoint is the endpoint of the static files of an App, and of each Blueprint behind its name.
const staticEndpoint = "static"

// StaticURLPath sets the path that the App's static files are served below. The default is /static; "/"
// serves them at the root, behind every other route. It panics if path does not begin with a slash.
func StaticURLPath(path string) Option {
	if !strings.HasPrefix(path, "/") {
		panic(fmt.Sprintf("dewar: %s: StaticURLPath(%q): the path must begin with a slash", callsite.Site(), path))
	}
	return appOption(func(app *App) { app.options.staticPath = path })
}

// addStaticRoute serves the static files of the app. The route is there also when there are none, so that
// URLs can be built to it.
func (app *App) addStaticRoute() {
	prefix := app.options.staticPath
	if prefix == "" {
		prefix = "/static"
	}
	app.options.staticPath = strings.TrimRight(prefix, "/")
	folder := &staticFolder{files.Folder{Dir: filepath.Join(app.RootPath, "static"), FS: app.fsys, Name: "static"}, app.fsys != nil}
	app.bind(folder.spec(app.options.staticPath, callsite.Site()), nil)
}

// addBlueprintStatic serves the static files of a blueprint below its prefix, if it has any. It panics when
// the app's files are at the same place.
func (app *App) addBlueprintStatic(in *instance) {
	if files.Sub(in.bp.fsys, "static") == nil {
		return
	}
	folder := &staticFolder{files.Folder{FS: in.bp.fsys, Name: "static"}, false}
	if strings.TrimRight(in.prefix, "/")+"/static" == app.options.staticPath {
		panic(fmt.Sprintf("dewar: %s: the static files of blueprint %q would be at %s, where those of the app are; give the blueprint a dewar.URLPrefix",
			in.site, in.name, app.options.staticPath))
	}
	app.bind(folder.spec("/static", in.site), in)
}

// A staticFolder is where static files are, and whether those on the disk count in DEBUG only.
type staticFolder struct {
	files.Folder
	onlyInDebug bool
}

// spec returns the route of the folder.
func (s *staticFolder) spec(prefix, at string) *routeSpec {
	return &routeSpec{
		rule: prefix + "/{filename:path}", handler: s.serve, endpoint: staticEndpoint,
		methods: []string{http.MethodGet}, site: at,
	}
}

func (s *staticFolder) serve(c *Context) error {
	f, err := s.Open(c.Params().String("filename"), c.settings.debug || !s.onlyInDebug)
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	tag, err := s.ETag(f)
	if err != nil {
		return fmt.Errorf("dewar: %w", err)
	}
	return c.send(f, tag, nil)
}

// absent makes a 404 of what keeps a file from being opened, except when it is not the file's fault.
func absent(err error) error {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return fmt.Errorf("dewar: too many files are open: %w", err)
	}
	return &HTTPError{Code: http.StatusNotFound, Err: err}
}
