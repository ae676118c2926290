package migrate

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
	"github.com/dewar-go/dewar/contrib/pyconfig"
)

// Item is a line of the checklist. It never holds a secret.
type Item struct {
	Done bool
	Text string
}

// String writes the item as Markdown does.
func (i Item) String() string {
	if i.Done {
		return "- [x] " + i.Text
	}
	return "- [ ] " + i.Text
}

// A Site is what [Check] looks at. Without Flask and Go it knows what the files of Folders tell: the first has the Flask
// application, the others more of Go's sources.
type Site struct {
	Folders []string
	Flask   *Listing  // of the Flask application
	Go      dewar.Map // what the command config --shared of the Go program prints
}

// Check fills the checklist in: the configuration, the templates, the sources, and the routes and settings if they are given.
// The configuration sees the environment of the process and the files of its folder.
func Check(site Site) ([]Item, error) {
	for _, path := range site.Folders {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("%s is no folder; give the one that the Flask application is in", path)
		}
	}
	c := &checklist{folders: site.Folders, keys: map[string]bool{}}
	files := found(site.Folders)
	told := sourcesOf(files)
	flask := cmp.Or(site.Flask, &Listing{})
	c.configs(files.configs)
	c.settings(flask.Settings, site.Go)
	c.session(flask.Session)
	c.passwords(told, flask.Werkzeug)
	c.extensions(told.packages(flask.Extensions))
	c.routes(flask)
	c.templates(files.templates, flask.Routes)
	c.wayBack(told, flask.Session.Tags)
	return c.items, nil
}

type checklist struct {
	folders []string
	items   []Item
	keys    map[string]bool // of the configuration
	loaded  []loaded
}

func (c *checklist) add(done bool, format string, args ...any) {
	c.items = append(c.items, Item{done, fmt.Sprintf(format, args...)})
}

// name shows a path as it is below its folder.
func (c *checklist) name(path string) string {
	for _, folder := range c.folders {
		if rel, err := filepath.Rel(folder, path); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return path
}

var classLine = regexp.MustCompile(`(?m)^class (\w+)`)

// configs reads each file of configuration, and each class of it.
func (c *checklist) configs(paths []string) {
	if len(paths) == 0 {
		c.add(false, "configuration: no config.py or settings.py was found; set the keys in Go, or by FLASK_* variables")
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			c.add(false, "%s: it cannot be read: %v", c.name(path), err)
			continue
		}
		if c.config(path, "", data) {
			for _, class := range classLine.FindAllStringSubmatch(string(data), -1) {
				c.config(path, class[1], data)
			}
		}
	}
}

func (c *checklist) config(path, class string, data []byte) bool {
	name := c.name(path)
	if class != "" {
		name += ", class " + class
	}
	values := map[string]any{"__file__": path}
	var warned []string
	r := pyconfig.Reader{Class: class, Files: true, Warn: func(text string) { warned = append(warned, text) }}
	if err := r.Unmarshal(data, &values); err != nil {
		c.add(false, "%s does not load: %v", name, err)
		return false
	}
	n := 0
	for key := range values {
		if isKey(key) {
			c.keys[key] = true
			n++
		}
	}
	if n > 0 || class == "" {
		c.add(true, "%s loads: %d keys", name, n)
	}
	if n > 0 {
		l, err := load(name, values)
		for _, problem := range leaves(err) {
			c.add(false, "%s", strings.TrimPrefix(problem.Error(), "dewar: "))
		}
		c.loaded = append(c.loaded, l)
	}
	for _, text := range warned {
		c.add(false, "%s: %s", name, text)
	}
	return true
}

// routes says what the routes need in Go.
func (c *checklist) routes(flask *Listing) {
	if flask.Routes == nil {
		c.add(false, "routes: they are not known; run python routes.py (dewar migrate script prints it) and give its output by --flask")
		return
	}
	_, notes, err := Go("main", flask.Routes)
	if err != nil {
		c.add(false, "routes: %v", err)
	} else {
		c.add(true, "routes: %d; dewar migrate routes writes them for Go", len(flask.Routes))
	}
	for _, note := range notes {
		c.add(false, "routes: %s", note)
	}
	for _, r := range flask.Routes {
		if r.Exempt && r.unsafe() {
			c.add(false, "routes: %s (%s) takes forms without a CSRF token: give the route in Go csrf.Exempt(), and dewar.CrossOriginExempt() if other sites post to it", r.Endpoint, r.Rule)
		}
	}
	if flask.Settings != nil {
		c.foreignForms(flask)
	}
}

// foreignForms names the routes where Go refuses what Flask takes: dewar looks at the origin of each unsafe request.
func (c *checklist) foreignForms(flask *Listing) {
	if flask.Protected && flask.Settings["WTF_CSRF_ENABLED"] != false && flask.Settings["WTF_CSRF_CHECK_DEFAULT"] != false {
		c.add(true, "routes: CSRFProtect refuses what other sites post, and so does Go")
		return
	}
	var open []string
	for _, r := range flask.Routes {
		if r.unsafe() {
			open = append(open, fmt.Sprintf("%s (%s)", r.Endpoint, r.Rule))
		}
	}
	if len(open) == 0 {
		return
	}
	missing := "has no CSRFProtect"
	if flask.Protected {
		missing = "has CSRFProtect off, by WTF_CSRF_ENABLED or WTF_CSRF_CHECK_DEFAULT"
	}
	c.add(false, "routes: the application %s, so that Flask takes what other sites post where no FlaskForm looks, and Go refuses it by its Origin: give those of these routes that other sites post to, "+
		"such as webhooks, dewar.CrossOriginExempt(): %s", missing, strings.Join(open, ", "))
}

// templates builds an application of the templates, with the routes that URLs may be built to.
func (c *checklist) templates(folders []string, routes []Route) {
	if len(folders) == 0 {
		c.add(false, "templates: no folder templates was found")
		return
	}
	app := dewar.New("check", dewar.FS(os.DirFS(folders[0])), dewar.TemplateFolder("."))
	renderer := &jinja.Renderer{}
	if routes == nil {
		renderer.Globals = map[string]any{"url_for": func(string, map[string]any) string { return "" }} // no link is checked
	}
	app.Renderer = renderer
	for i, folder := range folders[1:] {
		app.RegisterBlueprint(dewar.NewBlueprint(fmt.Sprintf("folder%d", i+1), dewar.FS(os.DirFS(folder)), dewar.TemplateFolder(".")))
	}
	for _, r := range routes {
		if g, err := goRouteOf(r); err == nil && r.Endpoint != "static" {
			_ = g.register(app) // what fails is a note of the routes
		}
	}
	problems := 0
	for _, err := range leaves(app.Build()) {
		c.add(false, "%s", strings.TrimSpace(strings.TrimPrefix(err.Error(), "dewar: ")))
		problems++
	}
	if problems > 0 {
		return
	}
	c.add(true, "templates: all of %s compile", c.names(folders))
	differences, err := renderer.Differences()
	if err != nil {
		c.add(false, "templates: %v", err)
	}
	for _, d := range differences {
		if routes != nil || !strings.HasPrefix(d.Value, "url_for(") || !strings.HasPrefix(d.Place, "a URL") { // links of the site are none
			c.add(false, "template %s", d)
		}
	}
}

func (c *checklist) names(paths []string) string {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = c.name(path)
	}
	return strings.Join(names, ", ")
}

// leaves returns the errors that err joins, however deep. A heading above a list is left out.
func leaves(err error) []error {
	switch e := err.(type) {
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		var texts []string
		var all []error
		for _, part := range e.Unwrap() {
			texts = append(texts, part.Error())
			all = append(all, leaves(part)...)
		}
		if err.Error() == strings.Join(texts, "\n") { // errors.Join
			return all
		}
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil && (err.Error() == inner.Error() || strings.HasSuffix(err.Error(), ":\n"+inner.Error())) {
			return leaves(inner)
		}
	}
	return []error{err}
}
