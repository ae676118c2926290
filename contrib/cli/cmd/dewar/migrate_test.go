package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMigrate(t *testing.T) {
	dir := t.TempDir()
	python, golang := filepath.Join(dir, "python.txt"), filepath.Join(dir, "go.json")
	for name, text := range map[string]string{
		python: "Endpoint  Methods  Rule\n--------  -------  ----------\na         GET      /a/<int:id>\nb         GET      /b/<own:x>\n",
		golang: `[{"endpoint": "a", "rule": "/a/{id:int}", "methods": ["GET"]}]`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ args, want string }{
		{"script", "json.dump("},
		{"routes " + python + " --package shop", "app.Route(\"/a/{id:int}\", nil, dewar.Endpoint(\"a\"), dewar.BuildOnly())"},
		{"routes " + python, "by hand: the converter \"own\""},
		{"routes --python " + golang, "app.add_url_rule(\"/a/<int:id>\", \"a\", methods=[\"GET\"], build_only=True)"},
		{"progress " + python + " " + golang, "1 of 2 endpoints are served by Go\n"},
		{"check " + dir, "- [ ] configuration: no config.py"},
	} {
		var out bytes.Buffer
		cmd := migrateCommand()
		cmd.SetArgs(strings.Fields(tt.args))
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		if err := cmd.ExecuteContext(t.Context()); err != nil || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: got %v and\n%s\nwant %s", tt.args, err, out.String(), tt.want)
		}
	}
}
