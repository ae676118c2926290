package dewar

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/files"
)

// staticEndpoint is the endpoint of the static files of an App, and of each Blueprint behind its name.
const staticEndpoint = "static"

// folders say where an App or a Blueprint has its files. "" is the default.
type folders struct {
	fsys              fs.FS
	templates, static folderName
	staticPath        string // "" for the default; without a slash at the end
	given             bool   // an option has set something
}

// A folderName is the name of a folder; when it is given, "" means none.
type folderName struct {
	name  string
	given bool
}

func (n folderName) or(name string) string {
	if n.given {
		return n.name
	}
	return name
}

// givenFolder checks the argument of an option.
func givenFolder(option, dir string) folderName {
	name := strings.TrimRight(dir, "/")
	if dir != "" && !fs.ValidPath(name) {
		panic(fmt.Sprintf("dewar: %s: %s(%q): the folder must be a plain path below the files of dewar.FS or the root; for one elsewhere pass dewar.FS(os.DirFS(dir))",
			callsite.Site(), option, dir))
	}
	return folderName{name, true}
}

type folderOption func(*folders)

func (o folderOption) applyApp(app *App) { o(&app.folders) }

func (o folderOption) applyBlueprint(bp *Blueprint) {
	o(&bp.folders)
	bp.folders.given = true
}

// StaticFolder sets the folder of the static files of an App or Blueprint, below its [FS]; the default is static.
// Without an FS it is below RootPath. A Blueprint without an FS has static files only if it is given a StaticFolder,
// which is looked for where the App's files are. "." is all of the files, "" means that there are none to serve. It
// panics if dir is absolute or leads out with "..". Flask has static_folder.
func StaticFolder(dir string) SharedOption {
	name := givenFolder("StaticFolder", dir)
	return folderOption(func(f *folders) { f.static = name })
}

// StaticURLPath sets the path that static files are served below, for a Blueprint behind its prefix. The default
// is the last element of the [StaticFolder], /static. "/" serves them at the root, behind every other route but in
// front of one that takes every path, such as /{path:path}, and of [App.Fallback]: what is no file goes on to those, and
// so does every method but GET and HEAD. It panics if path does not begin with a slash.
func StaticURLPath(path string) SharedOption {
	if !strings.HasPrefix(path, "/") {
		panic(fmt.Sprintf("dewar: %s: StaticURLPath(%q): the path must begin with a slash", callsite.Site(), path))
	}
	return folderOption(func(f *folders) { f.staticPath = path })
}

// staticURLPath returns where the static files are served, "" for the root.
func (f *folders) staticURLPath() string {
	if f.staticPath != "" {
		return strings.TrimRight(f.staticPath, "/")
	}
	if base := path.Base(f.static.or("static")); base != "." {
		return "/" + base
	}
	return "/static"
}

// addStaticRoute serves the static files of the app. The route is there also when there are none, so that
// URLs can be built to it.
func (app *App) addStaticRoute() {
	if name := app.folders.static.or("static"); name != "" {
		app.attach(app.staticFolder(nil, name).spec(app.folders.staticURLPath(), callsite.Site()), nil)
	}
}

// addBlueprintStatic serves the static files of a blueprint below its prefix, if it has any. It panics when
// the app's files are at the same place.
func (app *App) addBlueprintStatic(in *instance) {
	f := &in.bp.folders
	name := f.static.or("static")
	if name == "" || !f.static.given && files.Sub(f.fsys, name) == nil {
		return
	}
	place := strings.TrimRight(in.prefix, "/") + f.staticURLPath()
	if in.routing.place.Everywhere() && app.folders.static.or("static") != "" && place == app.folders.staticURLPath() {
		panic(fmt.Sprintf("dewar: %s: the static files of blueprint %q would be at %s, where those of the app are; give the blueprint a dewar.URLPrefix",
			in.site, in.name, cmp.Or(place, "/")))
	}
	app.attach(app.staticFolder(f.fsys, name).spec(f.staticURLPath(), in.site), in)
}

// staticFolder returns the folder called name of own, or where the App has its files when that is nil.
func (app *App) staticFolder(own fs.FS, name string) *staticFolder {
	if own != nil {
		return &staticFolder{Folder: files.Folder{FS: own, Name: name}}
	}
	disk := filepath.Join(app.RootPath(), filepath.FromSlash(name))
	return &staticFolder{files.Folder{Dir: disk, FS: app.folders.fsys, Name: name}, app.folders.fsys != nil}
}

// A staticFolder is where static files are, and whether those on the disk count in DEBUG only.
type staticFolder struct {
	files.Folder
	onlyInDebug bool
}

// spec returns the route of the folder. Without a prefix it takes every path, and gives way where no file is.
func (s *staticFolder) spec(prefix, at string) *routeSpec {
	spec := &routeSpec{
		rule: prefix + "/{filename:path}", handler: s.serve, endpoint: staticEndpoint,
		methods: []string{http.MethodGet}, site: at,
	}
	if prefix == "" {
		spec.folder = s
	}
	return spec
}

// has reports whether there is a file called name. One that cannot be opened now is there.
func (s *staticFolder) has(name string, debug bool) bool {
	f, err := s.Open(name, debug || !s.onlyInDebug)
	if err != nil {
		status, _ := statusOf(absent(err))
		return status != http.StatusNotFound
	}
	_ = f.Close()
	return true
}

func (s *staticFolder) serve(c *Context) error {
	f, err := s.Open(c.Params().String("filename"), c.settings.debug || !s.onlyInDebug)
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	return c.send(parcelOf(f, func() (string, error) { return s.ETag(f) }), false, nil)
}

// absent makes a 404 of what keeps a file from being opened, or a 503, which is logged, when it is not the file's fault.
func absent(err error) error {
	if files.IsAbsent(err) {
		return &HTTPError{Code: http.StatusNotFound, Err: err}
	}
	return unreadable(err)
}

// unreadable is the answer when a file is there and cannot be read.
func unreadable(err error) error {
	return &HTTPError{Code: http.StatusServiceUnavailable, Err: fmt.Errorf("dewar: a file cannot be read: %w", err)}
}
