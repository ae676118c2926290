package dev

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadEnvironment(t *testing.T) {
	for _, tt := range []struct {
		name, dotenv, flaskenv string
		port, debug            string // of the environment
		want                   environment
		problem                string
	}{
		{"nothing", "", "", "", "", environment{"127.0.0.1", "5000", false}, ""},
		{".env", "FLASK_RUN_HOST=::1\nexport FLASK_DEBUG=0\n", "FLASK_RUN_HOST=10.0.0.1\nFLASK_RUN_PORT=7000\n", "", "", environment{"::1", "7000", true}, ""},
		{"the environment", "FLASK_RUN_PORT=7000", "", "8000", "1", environment{"127.0.0.1", "8000", true}, ""},
		{"a file that is no .env", "FLASK_RUN_PORT='7000", "FLASK_RUN_PORT=7001", "", "", environment{"127.0.0.1", "7001", false}, ".env cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{".env": tt.dotenv, ".flaskenv": tt.flaskenv} {
				if text != "" {
					if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			for name, text := range map[string]string{"FLASK_RUN_HOST": "", "FLASK_RUN_PORT": tt.port, "FLASK_DEBUG": tt.debug} {
				t.Setenv(name, text)
				if text == "" { // an empty one counts
					_ = os.Unsetenv(name)
				}
			}
			got, err := readEnvironment(dir)
			if got != tt.want || (err == nil) != (tt.problem == "") || err != nil && !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("got %+v, %v, want %+v and an error with %q", got, err, tt.want, tt.problem)
			}
		})
	}
}
