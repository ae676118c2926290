package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// newShop is a program that dewar new wrote, with a database.
var newShop = wrote("shop", "--database", "sqlite")

// shop is that program with the views of testdata/shop, which fail and do much, built.
var shop = sync.OnceValues(func() (string, error) {
	dir, err := newShop()
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "shop"))); err != nil {
		return "", err
	}
	const blueprint = "\tapp.RegisterBlueprint(authBlueprint(users, passwords))\n"
	if err := edit(filepath.Join(dir, "app.go"), blueprint, blueprint+"\tapp.RegisterBlueprint(ordersBlueprint(db))\n"); err != nil {
		return "", err
	}
	return dir, goes(dir, "go", "build", "-o", "shop", ".")
})

// runShop runs the shop with an empty database of its own, and opens it.
func runShop(t *testing.T, settings ...string) *tab {
	t.Helper()
	start(t)
	dir := must(t)(shop())
	settings = append(settings, "FLASK_DATABASE="+filepath.Join(t.TempDir(), "shop.sqlite"), "FLASK_DRAIN_DELAY=0")
	return open(t, run(t, dir, settings, filepath.Join(dir, "shop"), "run").site)
}

// edit replaces a text in a file, which must be there.
func edit(path, before, after string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	changed := strings.Replace(string(text), before, after, 1)
	if changed == string(text) {
		return &os.PathError{Op: "find " + before + " in", Path: path, Err: os.ErrNotExist}
	}
	return os.WriteFile(path, []byte(changed), 0o644)
}
