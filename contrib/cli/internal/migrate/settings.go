package migrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/strangler"
)

// A loaded is a file of configuration, or a class of it, as dewar has it.
type loaded struct {
	name   string
	config strangler.Config
}

// load gives an App the keys of a file, and says which it refuses.
func load(name string, values map[string]any) (loaded, error) {
	app := dewar.New("check", dewar.StaticFolder(""))
	problems := []error{app.Config.Declare("WTF_CSRF_TIME_LIMIT", nil, "as csrf.Protect declares it: what unsets it counts")}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if isKey(key) {
			problems = append(problems, app.Config.SetFrom(name, key, values[key]))
		}
	}
	return loaded{name, app.Config}, errors.Join(problems...)
}

// isKey reports whether a name of Python is a key of the configuration.
func isKey(name string) bool {
	return name == strings.ToUpper(name) && !strings.HasPrefix(name, "_")
}

// settings compares what both halves must have alike.
func (c *checklist) settings(flask, golang dewar.Map) {
	if flask == nil {
		c.add(false, "settings: those of Flask are not known; run python routes.py (dewar migrate script prints it) and give its output by --flask")
		c.shared()
		return
	}
	if flask["SECRET_KEY"] == nil {
		c.add(false, "settings: Flask had no SECRET_KEY when it was listed: run python routes.py with the environment of production")
	}
	here, differences := c.nearest(flask)
	if golang != nil {
		here = loaded{"the Go program", printed(golang)}
		differences = strangler.Check(here.config, flask)
	}
	for _, d := range differences {
		c.add(false, "settings (%s): %s", here.name, d)
	}
	if len(differences) == 0 {
		c.add(true, "settings: Flask and %s have the same", here.name)
	}
}

// nearest returns the configuration that differs least from Flask's, for that is the one it has loaded.
func (c *checklist) nearest(flask dewar.Map) (loaded, []strangler.Difference) {
	all := c.loaded
	if len(all) == 0 {
		defaults, _ := load("dewar's defaults", nil)
		all = []loaded{defaults}
	}
	best, least := all[0], strangler.Check(all[0].config, flask)
	for _, l := range all[1:] {
		if differences := strangler.Check(l.config, flask); len(differences) < len(least) {
			best, least = l, differences
		}
	}
	return best, least
}

// shared names the keys that were found and must be alike.
func (c *checklist) shared() {
	known := strangler.Shared(printed{})
	var names []string
	for key := range c.keys {
		if _, ok := known[key]; ok {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	if !c.keys["SECRET_KEY"] {
		c.add(false, "SECRET_KEY is in no file of configuration: give both halves the same one, by an environment variable")
	}
	if len(names) > 0 {
		c.add(false, "both halves must have the same %s: load the same file in both, with the same environment", strings.Join(names, ", "))
	}
}

// ParseShared reads what the command config --shared prints.
func ParseShared(data []byte) (dewar.Map, error) {
	var shared dewar.Map
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&shared); err != nil {
		return nil, fmt.Errorf("it is not the JSON that the command config --shared prints: %w", err)
	}
	if _, ok := shared["SESSION_COOKIE_NAME"]; !ok {
		return nil, errors.New("it has no settings; give what the command config --shared prints")
	}
	return shared, nil
}

// printed is what strangler.Shared has printed, as a configuration again.
type printed dewar.Map

// Has reports whether key has a value.
func (p printed) Has(key string) bool { return p[key] != nil }

// Get returns the value of key.
func (p printed) Get(key string) any { return p[key] }

// Source tells a key that was printed without a value from one that was not printed.
func (p printed) Source(key string) string {
	if _, ok := p[key]; ok {
		return "printed"
	}
	return ""
}

// Strings returns the list that key has.
func (p printed) Strings(key string) []string {
	items, _ := p[key].([]any)
	var texts []string
	for _, item := range items {
		texts = append(texts, fmt.Sprint(item))
	}
	return texts
}

// Duration returns the seconds that key has.
func (p printed) Duration(key string) time.Duration {
	n, ok := p[key].(interface{ Float64() (float64, error) })
	if !ok {
		return 0
	}
	seconds, _ := n.Float64()
	return time.Duration(seconds * float64(time.Second))
}
