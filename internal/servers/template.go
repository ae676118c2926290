package servers

import (
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// template returns the data folder of a new database. Making one takes seconds, so that it is done once on a machine for
// each program, told by its size and age, and each way of making one, and copied from then on.
func template(t testing.TB, name, program string, a *account, build func(dir string) []string) string {
	t.Helper()
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	recipe := fmt.Sprint(info.Size(), info.ModTime().UTC(), build("data"))
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	kept := filepath.Join(cache, "dewar-servers", fmt.Sprintf("%s-%08x", name, crc32.ChecksumIEEE([]byte(recipe))))
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
