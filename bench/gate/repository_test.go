package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A testRepository is one in a temporary folder.
type testRepository struct {
	*testing.T
	repository
}

// newTestRepository makes one, with the branch main. It skips the test where there is no git.
func newTestRepository(t *testing.T) testRepository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("SKIPPED: there is no git")
	}
	r := testRepository{t, repository{t.TempDir()}}
	r.do("init", "--quiet", "--initial-branch=main")
	return r
}

// do runs git.
func (r testRepository) do(args ...string) string {
	r.Helper()
	out, err := r.git(r.Context(), append([]string{"-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	if err != nil {
		r.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// write makes files: pairs of names and contents.
func (r testRepository) write(pairs ...string) {
	r.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name := filepath.Join(r.root, pairs[i])
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(pairs[i+1]), 0o644)); err != nil {
			r.Fatal(err)
		}
	}
}

// commitAll commits everything and returns the hash.
func (r testRepository) commitAll() string {
	r.Helper()
	r.do("add", "--all")
	r.do("commit", "--quiet", "--allow-empty", "-m", "A change")
	return r.do("rev-parse", "HEAD")
}

func TestBase(t *testing.T) {
	t.Parallel()
	r := newTestRepository(t)
	r.write("a.txt", "1")
	first := r.commitAll()
	want := func(name, wanted, commit string, err error) {
		t.Helper()
		got, why, problem := r.base(t.Context(), wanted)
		if got != commit || !errors.Is(problem, err) || (problem == nil) != (why != "") {
			t.Errorf("%s: got %q, %q and error %v, want %q and error %v", name, got, why, problem, commit, err)
		}
	}
	want("the only commit", "", "", errNothing)
	r.write("a.txt", "2")
	want("a change that is not committed", "", first, nil)
	second := r.commitAll()
	want("the second commit", "", first, nil)
	r.write("new.txt", "")
	want("a new file", "", second, nil)
	r.do("checkout", "--quiet", "-b", "side")
	r.commitAll()
	r.write("a.txt", "3")
	r.commitAll()
	want("a branch", "", second, nil)
	r.write("a.txt", "4")
	want("a branch with changes", "", second, nil)
	want("a wish", "HEAD", r.do("rev-parse", "HEAD"), nil)
	want("a wish by name", "main~1", first, nil)
	r.do("update-ref", "refs/remotes/origin/main", first)
	want("what the main branch is elsewhere", "", first, nil)
	if _, _, err := r.base(t.Context(), "nowhere"); err == nil || errors.Is(err, errNothing) || !strings.Contains(err.Error(), `"nowhere"`) {
		t.Errorf("a commit that is not there: got the error %v", err)
	}
}

// TestNothingToCompareWith is so outside of a repository, in an empty one and in a clone of one commit.
func TestNothingToCompareWith(t *testing.T) {
	t.Parallel()
	r := newTestRepository(t)
	if _, _, err := r.base(t.Context(), ""); !errors.Is(err, errNothing) {
		t.Errorf("an empty repository: got the error %v", err)
	}
	r.commitAll()
	r.commitAll()
	clone := repository{filepath.Join(t.TempDir(), "clone")}
	r.do("clone", "--quiet", "--depth=1", "file:///"+strings.TrimPrefix(filepath.ToSlash(r.root), "/"), clone.root)
	if _, _, err := clone.base(t.Context(), ""); !errors.Is(err, errNothing) || !strings.Contains(err.Error(), "git fetch") {
		t.Errorf("a shallow clone: got the error %v", err)
	}
	outside := t.TempDir()
	if _, err := openRepository(t.Context(), outside); !errors.Is(err, errNothing) {
		t.Errorf("no repository: got the error %v", err)
	}
	var out strings.Builder
	if err := gate(t.Context(), outside, options{}, &out, &out); err != nil || !strings.Contains(out.String(), "*** NO BENCHMARK WAS COMPARED: ") {
		t.Errorf("no repository: the gate says %q, with the error %v", &out, err)
	}
}

// TestBothStatesAreWritten has the files of the commit in one folder, and those of the work tree in another.
func TestBothStatesAreWritten(t *testing.T) {
	t.Parallel()
	r := newTestRepository(t)
	r.write("kept.txt", "1", "changed.txt", "1", "deleted.txt", "1", "a b/ü.txt", "1", ".gitignore", "*.log\n")
	if err := os.Symlink("kept.txt", filepath.Join(r.root, "link")); err != nil {
		t.Logf("no symbolic links: %v", err)
	}
	commit := r.commitAll()
	r.write("changed.txt", "2", "new.txt", "2", "ignored.log", "2")
	if err := os.Remove(filepath.Join(r.root, "deleted.txt")); err != nil {
		t.Fatal(err)
	}
	base, head := t.TempDir(), t.TempDir()
	if err := errors.Join(r.export(t.Context(), commit, base), r.copyTree(t.Context(), head)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, base, head string }{
		{"kept.txt", "1", "1"}, {"changed.txt", "1", "2"}, {"deleted.txt", "1", ""}, {"a b/ü.txt", "1", "1"}, {"new.txt", "", "2"}, {"ignored.log", "", ""},
	} {
		for folder, want := range map[string]string{base: tt.base, head: tt.head} {
			got, err := os.ReadFile(filepath.Join(folder, tt.name))
			if string(got) != want || errors.Is(err, fs.ErrNotExist) != (want == "") {
				t.Errorf("%s: got %q and error %v, want %q", tt.name, got, err, want)
			}
		}
	}
	if target, err := os.Readlink(filepath.Join(r.root, "link")); err == nil {
		for _, folder := range []string{base, head} {
			if got, err := os.Readlink(filepath.Join(folder, "link")); got != target {
				t.Errorf("the link leads to %q, error %v, want %q", got, err, target)
			}
		}
	}
}
