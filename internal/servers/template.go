package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// template returns the data folder of a new database. Making one takes seconds, so that it is done once on a machine for
// each version of the program, and copied from then on.
func template(t testing.TB, name, program string, a *account, build func(dir string) []string) string {
	t.Helper()
	version, err := exec.Command(program, "--version").Output()
	if err != nil {
		t.Fatalf("servers: %s --version: %v", program, err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	kept := filepath.Join(cache, "dewar-servers", name+"-"+safeName(string(version)))
	if _, err := os.Stat(kept); err == nil {
		return kept
	}
	dir := folder(t, "template", a)
	made := filepath.Join(dir, "data")
	cmd := command(a, build(made)...)
	cmd.Dir, cmd.Env = dir, append(cmd.Env, "TMPDIR="+dir)
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("servers: make a database for %s: %v\n%s", name, err, tail(string(output)))
	}
	if err := keep(made, kept); err != nil {
		t.Fatalf("servers: keep a database for %s: %v", name, err)
	}
	return kept
}

// keep copies a folder to where it is kept, in one step, so that two tests can do so at once.
func keep(made, kept string) error {
	if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
		return err
	}
	part, err := os.MkdirTemp(filepath.Dir(kept), "part-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	if err := copyFolder(made, filepath.Join(part, "data")); err != nil {
		return err
	}
	err = os.Rename(filepath.Join(part, "data"), kept)
	if _, found := os.Stat(kept); found == nil {
		return nil
	}
	return err
}

// copyFolder copies a folder with its modes and holes, and its owners where it may.
func copyFolder(from, to string) error {
	output, err := exec.Command("cp", "-R", "-p", "--sparse=always", "--reflink=auto", from, to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("cp: %w: %s", err, output)
	}
	return nil
}

// safeName leaves of a version what a file name can hold.
func safeName(version string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '+' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, version), "_")
}
