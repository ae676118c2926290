package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// errNothing is why there is no earlier state to compare with, which is nobody's fault.
var errNothing = errors.New("there is nothing to compare with")

// A repository is a git repository with its work tree.
type repository struct{ root string }

// git runs a command of git there and returns what it prints.
func (r repository) git(ctx context.Context, args ...string) (string, error) {
	cmd, problem := r.command(ctx, args...)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(problem.Bytes()))
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// command returns a command of git and where its complaints will be. Variables that tell a hook of git about one repository are kept
// from it.
func (r repository) command(ctx context.Context, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.root}, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return name == "GIT_DIR" || name == "GIT_WORK_TREE" || name == "GIT_INDEX_FILE"
	})
	problem := new(bytes.Buffer)
	cmd.Stderr = problem
	return cmd, problem
}

// openRepository returns the repository that a folder is in. The error is errNothing when it is in none.
func openRepository(ctx context.Context, folder string) (repository, error) {
	root, err := repository{folder}.git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return repository{}, fmt.Errorf("%w: %w", errNothing, err)
	}
	return repository{filepath.FromSlash(root)}, nil
}

// commit returns the hash of the commit that a revision means, or "".
func (r repository) commit(ctx context.Context, revision string) string {
	hash, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return ""
	}
	return hash
}

// base returns the commit to compare with, and in words why that. It is the one that is wanted; without a wish where this branch left
// the main one, or the last commit if there are changes since, or the one before. A clone without any of them has errNothing.
func (r repository) base(ctx context.Context, wanted string) (commit, why string, err error) {
	if wanted != "" {
		if commit = r.commit(ctx, wanted); commit == "" {
			return "", "", fmt.Errorf("there is no commit %q here; name another in BASE, or get it: git fetch --unshallow", wanted)
		}
		return commit, "as wanted", nil
	}
	head := r.commit(ctx, "HEAD")
	if head == "" {
		return "", "", fmt.Errorf("%w: there is no commit yet", errNothing)
	}
	for _, main := range []string{"origin/HEAD", "origin/main", "main"} {
		left, err := r.git(ctx, "merge-base", "HEAD", main)
		if err == nil && left != head {
			return left, "where this branch left " + main, nil
		}
	}
	changed, err := r.git(ctx, "status", "--porcelain")
	if err != nil {
		return "", "", err
	}
	if changed != "" {
		return head, "the last commit, before what has changed since", nil
	}
	if commit = r.commit(ctx, "HEAD^"); commit != "" {
		return commit, "the commit before the last", nil
	}
	return "", "", fmt.Errorf("%w: the commit before %.12s is not here; in a shallow clone get it by git fetch --deepen 1, or name another in BASE", errNothing, head)
}

// export writes the files of a commit to a folder.
func (r repository) export(ctx context.Context, commit, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	cmd, problem := r.command(ctx, "archive", "--format=tar", commit)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	unpacked := unpack(root, out)
	_, _ = io.Copy(io.Discard, out) // git waits for its reader
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("git archive: %w: %s", err, bytes.TrimSpace(problem.Bytes()))
	}
	return unpacked
}

// unpack writes the files of an archive.
func unpack(root *os.Root, archive io.Reader) error {
	r := tar.NewReader(archive)
	for {
		entry, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		name := path.Clean(entry.Name)
		switch entry.Typeflag {
		case tar.TypeReg:
			err = write(root, name, entry.FileInfo().Mode(), r)
		case tar.TypeSymlink:
			err = link(root, name, entry.Linkname)
		}
		if err != nil {
			return err
		}
	}
}

// copyTree writes the files of the work tree to a folder, those that git does not ignore.
func (r repository) copyTree(ctx context.Context, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	names, err := r.git(ctx, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(names, "\x00"), "\x00") {
		if err := copyFile(root, name, filepath.Join(r.root, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies one, unless it has been deleted or is the folder of another repository.
func copyFile(root *os.Root, name, from string) error {
	info, err := os.Lstat(from)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return link(root, name, target)
	case !info.Mode().IsRegular():
		return nil
	}
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return write(root, name, info.Mode(), f)
}

// write makes a file and the folders above it.
func write(root *os.Root, name string, mode fs.FileMode, content io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode.Perm()|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Close())
}

// link makes a symbolic link and the folders above it.
func link(root *os.Root, name, target string) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	return root.Symlink(target, name)
}
