package migrate

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
	"github.com/dewar-go/dewar/contrib/pyconfig"
)

// Item is a line of the checklist. It never holds a value of the configuration.
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

// Check looks over the folder of a Flask application: its configuration, its templates, and its routes if they are given. The
// configuration sees the environment of the process and the files of the folder.
func Check(folder string, routes []Route) ([]Item, error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder; give the one that the Flask application is in", folder)
	}
	c := &checklist{folder: folder, keys: map[string]bool{}}
	configs, templates := found(folder)
	c.configs(configs)
	c.cookies()
	c.routes(routes)
	c.templates(templates, routes)
	return c.items, nil
}

type checklist struct {
	folder string
	items  []Item
	keys   map[string]bool // of the configuration
}

func (c *checklist) add(done bool, format string, args ...any) {
	c.items = append(c.items, Item{done, fmt.Sprintf(format, args...)})
}

// name shows a path as it is below the folder.
func (c *checklist) name(path string) string {
	if rel, err := filepath.Rel(c.folder, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// found returns the files of configuration and the folders of templates, those nearest to the top first.
func found(folder string) (configs, templates []string) {
	_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		name := entry.Name()
		switch {
		case entry.IsDir() && path != folder && (strings.HasPrefix(name, ".") || slices.Contains([]string{"venv", "env", "node_modules", "site-packages", "__pycache__", "tests", "migrations"}, name)):
			return fs.SkipDir
		case entry.IsDir() && name == "templates":
			templates = append(templates, path)
			return fs.SkipDir
		case entry.Type().IsRegular() && isConfig(path):
			configs = append(configs, path)
		}
		return nil
	})
	byDepth := func(a, b string) int {
		return strings.Count(a, string(filepath.Separator)) - strings.Count(b, string(filepath.Separator))
	}
	slices.SortStableFunc(configs, byDepth)
	slices.SortStableFunc(templates, byDepth)
	return configs, templates
}

func isConfig(path string) bool {
	switch filepath.Base(path) {
	case "config.py", "settings.py", "default_config.py", "default_settings.py":
		return true
	}
	parent := filepath.Base(filepath.Dir(path))
	return filepath.Ext(path) == ".py" && (parent == "config" || parent == "settings")
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
		if key == strings.ToUpper(key) && !strings.HasPrefix(key, "_") {
			c.keys[key] = true
			n++
		}
	}
	if n > 0 || class == "" {
		c.add(true, "%s loads: %d keys", name, n)
	}
	for _, text := range warned {
		c.add(false, "%s: %s", name, text)
	}
	return true
}

// cookies says which settings both halves must have alike, so that they send the same cookies.
func (c *checklist) cookies() {
	var shared []string
	for key := range maps.Keys(c.keys) {
		if strings.HasPrefix(key, "SESSION_COOKIE_") || strings.HasPrefix(key, "REMEMBER_COOKIE_") || slices.Contains([]string{"SECRET_KEY", "SECRET_KEY_FALLBACKS",
			"PERMANENT_SESSION_LIFETIME", "SESSION_REFRESH_EACH_REQUEST", "APPLICATION_ROOT", "SERVER_NAME"}, key) {
			shared = append(shared, key)
		}
	}
	slices.Sort(shared)
	if !c.keys["SECRET_KEY"] {
		c.add(false, "SECRET_KEY is in no file of configuration: give both halves the same one, by an environment variable")
	}
	if len(shared) > 0 {
		c.add(false, "both halves must have the same %s: load the same file in both, with the same environment", strings.Join(shared, ", "))
	}
}

// routes says what the routes need in Go.
func (c *checklist) routes(routes []Route) {
	if routes == nil {
		c.add(false, "routes: they are not known; run python routes.py (dewar migrate script prints it) and give its output by --routes")
		return
	}
	_, notes, err := Go("main", routes)
	if err != nil {
		c.add(false, "routes: %v", err)
	} else {
		c.add(true, "routes: %d; dewar migrate routes writes them for Go", len(routes))
	}
	for _, note := range notes {
		c.add(false, "routes: %s", note)
	}
	for _, r := range routes {
		if r.Exempt {
			c.add(false, "routes: %s (%s) takes forms without a CSRF token; give the route in Go csrf.Exempt(), and let it pass the check of the Origin header", r.Endpoint, r.Rule)
		}
	}
}

// templates builds an application of the templates, with the routes that URLs may be built to.
func (c *checklist) templates(folders []string, routes []Route) {
	if len(folders) == 0 {
		c.add(false, "templates: no folder templates was found")
		return
	}
	app := dewar.New("check", dewar.FS(os.DirFS(folders[0])), dewar.TemplateFolder("."))
	renderer := &jinja.Renderer{}
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
		text := strings.TrimSpace(strings.TrimPrefix(err.Error(), "dewar: "))
		if routes == nil && strings.Contains(text, "url_for") {
			continue
		}
		c.add(false, "%s", text)
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
		c.add(false, "template %s", d)
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
