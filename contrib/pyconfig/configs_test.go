package pyconfig_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// environment is what the files of testdata/configs find.
func environment() map[string]string {
	return map[string]string{
		"APP_ENV": "staging", "SECRET_KEY": "from the environment", "PORT": "8080", "TIMEOUT": "1.25",
		"HOSTS": "a.example, b.example,,", "DATABASE_URL": "postgres://u:p@db.example/app", "QUIET": "",
		"DEBUG": "yes", "PORTS": "1; 2;3", "POOL": "1", "LOG_LEVEL": "debug", "FEATURES": "Beta-Search new_checkout",
		"MAIL_SERVER": "mail.example", "MAIL_PORT": "465", "ADMINS": "a@example , b@example",
	}
}

// configJobs returns the files of testdata/configs, each as a module and as every class that it defines.
func configJobs(t *testing.T) map[string][]job {
	t.Helper()
	files, err := filepath.Glob("testdata/configs/*.py")
	if err != nil || len(files) < 12 {
		t.Fatalf("got %d files and the error %v, want at least 12 files", len(files), err)
	}
	jobs := map[string][]job{}
	for _, file := range files {
		source := readFile(t, file)
		classes := []string{""}
		for _, m := range regexp.MustCompile(`(?m)^class (\w+)`).FindAllStringSubmatch(source, -1) {
			classes = append(classes, m[1])
		}
		for _, class := range classes {
			jobs[file] = append(jobs[file], job{File: "/srv/app/config.py", Source: source, Class: class, Env: environment()})
		}
	}
	return jobs
}

// TestConfigsGiveGoldenValues reads the files of testdata/configs.
func TestConfigsGiveGoldenValues(t *testing.T) {
	t.Parallel()
	for file, jobs := range configJobs(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			for _, j := range jobs {
				values, err := j.read()
				if err != nil {
					t.Fatalf("class %q: got the error %v", j.Class, err)
				}
				fmt.Fprintf(&got, "[%s]\n", j.Class)
				writeValues(&got, "", values)
			}
			golden := strings.TrimSuffix(file, ".py") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := readFile(t, golden); got.String() != want {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}

// TestConfigsAgreeWithPython compares the same files with python3.
func TestConfigsAgreeWithPython(t *testing.T) {
	t.Parallel()
	var all []job
	for _, jobs := range configJobs(t) {
		all = append(all, jobs...)
	}
	compare(t, all)
}

// writeValues writes a value and what is in it, a line each, with its Go type.
func writeValues(b *strings.Builder, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			fmt.Fprintf(b, "%s = {}\n", at)
		}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			writeValues(b, strings.TrimPrefix(at+"."+name, "."), v[name])
		}
	case []any:
		if len(v) == 0 {
			fmt.Fprintf(b, "%s = []\n", at)
		}
		for i, elem := range v {
			writeValues(b, fmt.Sprintf("%s[%d]", at, i), elem)
		}
	case string:
		fmt.Fprintf(b, "%s = %q\n", at, v)
	default:
		fmt.Fprintf(b, "%s = %T %v\n", at, v, v)
	}
}
