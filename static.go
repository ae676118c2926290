package dewar

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/dewar-go/dewar/internal/callsite"
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
	folder := &staticFolder{dir: filepath.Join(app.RootPath(), "static"), onlyInDebug: app.fsys != nil, fsys: app.fsys}
	app.attach(folder.spec(app.options.staticPath, callsite.Site()), nil)
}

// addBlueprintStatic serves the static files of a blueprint below its prefix, if it has any. It panics when
// the app's files are at the same place.
func (app *App) addBlueprintStatic(in *instance) {
	if subFS(in.bp.fsys, "static") == nil {
		return
	}
	folder := &staticFolder{fsys: in.bp.fsys}
	if strings.TrimRight(in.prefix, "/")+"/static" == app.options.staticPath {
		panic(fmt.Sprintf("dewar: %s: the static files of blueprint %q would be at %s, where those of the app are; give the blueprint a dewar.URLPrefix",
			in.site, in.name, app.options.staticPath))
	}
	app.attach(folder.spec("/static", in.site), in)
}

// A staticFolder is where static files are: in a folder on disk, in the folder static of a file system, or in
// both.
type staticFolder struct {
	dir         string // "" for none
	onlyInDebug bool   // dir counts in DEBUG only
	fsys        fs.FS  // nil for none
	tags        sync.Map
}

// spec returns the route of the folder.
func (s *staticFolder) spec(prefix, at string) *routeSpec {
	return &routeSpec{
		rule: prefix + "/{filename:path}", handler: s.serve, endpoint: staticEndpoint,
		methods: []string{http.MethodGet}, site: at,
	}
}

func (s *staticFolder) serve(c *Context) error {
	f, err := s.open(c.Params().String("filename"), c.settings.debug)
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	tag, err := s.tag(f)
	if err != nil {
		return err
	}
	return c.send(f, tag, nil)
}

func (s *staticFolder) open(name string, debug bool) (*sentFile, error) {
	if !servable(name) {
		return nil, fs.ErrNotExist
	}
	if s.dir != "" && (debug || !s.onlyInDebug) {
		f, err := openBelow(s.dir, name)
		if err == nil || s.fsys == nil {
			return f, err
		}
	}
	if s.fsys == nil {
		return nil, fs.ErrNotExist
	}
	return openRegular(s.fsys, "static/"+name) // fs.Sub would open a file to look at it
}

// openBelow opens a file below the folder dir; a symbolic link that leads out of it is an error.
func openBelow(dir, name string) (*sentFile, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return openRegular(root.FS(), name)
}

// tag returns the ETag of f. One made of the content is kept: a file without a modification time, as those
// of embed.FS are, does not change.
func (s *staticFolder) tag(f *sentFile) (string, error) {
	if !f.info.ModTime().IsZero() {
		return f.tag()
	}
	if tag, ok := s.tags.Load(f.name); ok {
		return tag.(string), nil
	}
	tag, err := f.tag()
	if err == nil {
		s.tags.Store(f.name, tag)
	}
	return tag, err
}

// servable reports whether a name that came from outside may be opened. It must be a plain path that stays
// below where it begins, on every operating system, and name no hidden file; .well-known is not hidden.
func servable(name string) bool {
	if name == "." || !fs.ValidPath(name) || strings.ContainsAny(name, `\:`) || hasControl(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part[0] == '.' && part != ".well-known" {
			return false
		}
		if last := part[len(part)-1]; last == '.' || last == ' ' { // Windows drops them
			return false
		}
	}
	return true
}

// absent makes a 404 of what keeps a file from being opened, except when it is not the file's fault.
func absent(err error) error {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return fmt.Errorf("dewar: too many files are open: %w", err)
	}
	return &HTTPError{Code: http.StatusNotFound, Err: err}
}
