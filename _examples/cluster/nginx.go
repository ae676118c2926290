package main

import (
	_ "embed"
	"os"
	"path/filepath"
	"syscall"
	"text/template"
)

//go:embed nginx.conf
var nginxConf string

// nginx returns the proxy before the processes of the site, with its configuration in the folder of the site.
func (s *site) nginx() (*process, error) {
	file := filepath.Join(s.folder, "nginx.conf")
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // or the worker may not enter the folder
	}
	err := fill(file, nginxConf, map[string]any{"Folder": s.folder, "Port": s.port, "User": user, "Apps": s.apps()})
	return &process{name: "nginx", args: []string{s.programs.nginx, "-e", "stderr", "-c", file}, stop: syscall.SIGTERM}, err
}

// fill writes a template into a file.
func fill(file, text string, data any) error {
	t, err := template.New(filepath.Base(file)).Parse(text)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return t.Execute(f, data)
}
