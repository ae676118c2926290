package dewar

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/accept"
	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/files"
)

// staticEndpoint is the endpoint of the static files of an App, and of each Blueprint behind its name.
const staticEndpoint = "static"

// folders say where an App or a Blueprint has its files. "" is the default.
type folders struct {
	fsys              fs.FS
	templates, static folderName
	namespace         string // of the templates
	staticPath        string // "" for the default; without a slash at the end
	packed            bool
	page              string // for the page loads of a single-page app; "" for none
	maxAge            func(filename string) time.Duration
	given             bool // an option has set something
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

// StaticPrecompressed makes the static files of an App or Blueprint be sent packed, where a packed file lies beside them and
// the client takes it: for app.js the files app.js.br, app.js.zst and app.js.gz, in that order where the client likes them
// equally. A neighbour that is older than its file is passed over, so that an edit shows though nothing has been packed
// again. Type, fingerprint and age are those of the file itself; each form has an ETag of its own, and the answers
// say Vary: Accept-Encoding. Make them with "gzip -k", "brotli -k" or "zstd -k" when the program is built.
func StaticPrecompressed() SharedOption {
	return folderOption(func(f *folders) { f.packed = true })
}

// SinglePage answers page loads below the [StaticURLPath] for which there is neither a file nor another route with the
// file called page, index.html as a rule, whose script shows what the path means. A page load is a GET or HEAD that
// asks for text/html by name, as browsers do for pages alone, for a path without an extension: a script or
// picture that is missing stays a 404, and so does what fetch asks for. The page is served with no-cache, that of the
// place itself included unless another route is there. It panics if page is no plain path.
//
// With StaticURLPath("/") the routes of the App go first, but [App.Fallback] gets no page loads.
func SinglePage(page string) SharedOption {
	if !files.Servable(page) {
		panic(fmt.Sprintf("dewar: %s: SinglePage(%q): pass the name of a file below the static folder, as in dewar.SinglePage(\"index.html\")", callsite.Site(), page))
	}
	return folderOption(func(f *folders) { f.page = page })
}

// SendFileMaxAge sets a function that says how long browsers may keep a file without asking again; below zero it is
// SEND_FILE_MAX_AGE_DEFAULT. Of a Blueprint it is asked for its static files, of an App for all others: by the
// name below the static folder, by the whole path for [Context.SendFile], and by the name given to
// [Context.SendFromFS], [Context.SendBytes] and [Context.SendReader]. A [MaxAge] counts more, and so does a fingerprint. It may be called
// by several goroutines, and panics if f is nil. Flask has get_send_file_max_age to override.
func SendFileMaxAge(f func(filename string) time.Duration) SharedOption {
	callsite.NoNil("SendFileMaxAge", f)
	return folderOption(func(folders *folders) { folders.maxAge = f })
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
		app.attach(app.staticFolder(nil, name, &app.folders).spec(app.folders.staticURLPath(), callsite.Site()), nil)
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
	app.attach(app.staticFolder(f.fsys, name, f).spec(f.staticURLPath(), in.site), in)
}

// staticFolder returns the folder called name of own, or where the App has its files when that is nil.
func (app *App) staticFolder(own fs.FS, name string, f *folders) *staticFolder {
	s := &staticFolder{Folder: files.Folder{FS: own, Name: name}, packed: f.packed, page: f.page, maxAge: f.maxAge}
	if own == nil {
		s.Dir = filepath.Join(app.RootPath(), filepath.FromSlash(name))
		s.FS, s.onlyInDebug = app.folders.fsys, app.folders.fsys != nil
	}
	return s
}

// A staticFolder is where static files are, and how they are served.
type staticFolder struct {
	files.Folder
	onlyInDebug bool // those on the disk
	packed      bool
	page        string
	maxAge      func(filename string) time.Duration
}

// spec returns the route of the folder. Without a prefix it takes every path, and gives way where no file is.
func (s *staticFolder) spec(prefix, at string) *routeSpec {
	return &routeSpec{
		rule: prefix + "/{filename:path}", handler: s.serve, endpoint: staticEndpoint,
		methods: []string{http.MethodGet}, site: at, static: s, givesWay: prefix == "",
	}
}

// addPages adds, for each [SinglePage], a route to the place itself, unless there is one. It may be called again.
func (app *App) addPages() {
	for _, r := range slices.Clone(app.routes) {
		s := r.spec.static
		if s == nil || s.page == "" {
			continue
		}
		place := strings.TrimSuffix(r.Rule, "{filename:path}")
		taken := func(other *boundRoute) bool {
			return other.Rule == place && other.Host == r.Host && slices.Contains(other.Methods, http.MethodGet)
		}
		if !slices.ContainsFunc(app.routes, taken) {
			app.attach(&routeSpec{rule: strings.TrimSuffix(r.spec.rule, "{filename:path}"), handler: s.servePage, methods: r.spec.methods, site: r.Site}, r.in)
		}
	}
}

// onDisk reports whether the files on the disk count.
func (s *staticFolder) onDisk(debug bool) bool { return debug || !s.onlyInDebug }

// answers reports whether a GET for name is answered: there is a file, which may be one that cannot be opened now, or
// the single page is.
func (s *staticFolder) answers(c *Context, name string) bool {
	f, err := s.Open(name, s.onDisk(c.settings.debug))
	if err != nil {
		status, _ := statusOf(absent(err))
		return status != http.StatusNotFound || s.loadsPage(c, name)
	}
	_ = f.Close()
	return true
}

func (s *staticFolder) serve(c *Context) error {
	name := c.Params().String("filename")
	f, err := s.Open(name, s.onDisk(c.settings.debug))
	switch {
	case err == nil:
		defer f.Close()
		return s.send(c, name, f, s.cachingOf(c, name, f))
	case files.IsAbsent(err) && s.loadsPage(c, name):
		return s.servePage(c)
	}
	return absent(err)
}

// immutable is the Cache-Control of a file whose URL has its fingerprint: another text has another URL.
const immutable = "public, max-age=31536000, immutable"

// fingerprintKey is the name of the fingerprint in the query of a URL, as Flask users write it.
const fingerprintKey = "v"

// cachingOf returns the Cache-Control that the fingerprint in the request's query is worth, "" without one. A fingerprint
// of another text, which may be the one to come, keeps nobody from asking again.
func (s *staticFolder) cachingOf(c *Context, name string, f *files.File) string {
	if !c.settings.fingerprints || c.Request.URL.RawQuery == "" {
		return ""
	}
	given := c.Query().String(fingerprintKey)
	if !files.IsFingerprint(given) {
		return ""
	}
	if current, err := s.Fingerprint(name, f); err == nil && current == given {
		return immutable
	}
	return "no-cache"
}

// send sends a file of the folder, or the packed one beside it.
func (s *staticFolder) send(c *Context, name string, f *files.File, caching string, vary ...string) error {
	p := parcelOf(f, func() (string, error) { return s.ETag(f) })
	p.asked, p.caching, p.maxAge, p.vary = name, caching, s.maxAge, vary
	if !s.packed || files.IsPacked(f.Name) {
		return c.send(p, false, nil)
	}
	p.vary = append(p.vary, "Accept-Encoding")
	packed, encoding := s.OpenPacked(f, c.Request.Header["Accept-Encoding"])
	if packed == nil {
		return c.send(p, false, nil)
	}
	defer packed.Close()
	p.path, p.modified, p.content, p.size, p.encoding = packed.Path, packed.Info.ModTime(), packed.Content, packed.Info.Size(), encoding
	p.tag = func() (string, error) {
		tag, err := s.ETag(packed)
		return files.PackedTag(tag, encoding), err
	}
	return c.send(p, false, nil)
}

// loadsPage reports whether the request is for a page that the script of the single page shows.
func (s *staticFolder) loadsPage(c *Context, name string) bool {
	if s.page == "" || path.Ext(name) != "" || !accept.Names(c.Request.Header["Accept"], "text/html") {
		return false
	}
	mode := c.Request.Header.Get("Sec-Fetch-Mode")
	return mode == "" || mode == "navigate"
}

// servePage sends the single page.
func (s *staticFolder) servePage(c *Context) error {
	f, err := s.Open(s.page, s.onDisk(c.settings.debug))
	if err != nil {
		return absent(err)
	}
	defer f.Close()
	return s.send(c, s.page, f, "no-cache", "Accept", "Sec-Fetch-Mode")
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
