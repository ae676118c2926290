package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// A shop is the folder of a program that is edited.
type shop struct{ dir string }

const shopModule = `module shop

go 1.26.0

require github.com/dewar-go/dewar v0.0.0

require (
	github.com/go-chi/chi/v5 v5.5.0 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/spf13/cast v1.10.0 // indirect
)

replace github.com/dewar-go/dewar => %s
`

const shopMain = `package main

import (
	"log"

	"github.com/dewar-go/dewar"
)

func main() {
	app := dewar.New("shop")
	app.Get("/", func(c *dewar.Context) error { return c.Text(version) })
	app.Get("/page", func(c *dewar.Context) error { return c.Render("page.html", nil) })
	if err := app.Run(""); err != nil {
		log.Fatal(err)
	}
}
`

// fast is how air is told to wait less. Without any delay it misses edits.
const fast = `[build]
cmd = "go build -o ./tmp/main ."
bin = "./tmp/main"
delay = 100
kill_delay = "0s"
send_interrupt = false
exclude_dir = ["tmp"]
`

// newShop writes the program.
func newShop(dir, core string) (*shop, error) {
	s := &shop{dir}
	sums, err := os.ReadFile(filepath.Join(core, "go.sum"))
	if err != nil {
		return nil, err
	}
	for name, text := range map[string]string{
		"go.mod": fmt.Sprintf(shopModule, filepath.ToSlash(core)), "go.sum": string(sums), "main.go": shopMain, "fast.toml": fast,
		"templates/page.html": "<!doctype html><title>Shop</title><body></body>", "static/shop.css": "body { color: red }",
	} {
		if err := s.write(name, text); err != nil {
			return nil, err
		}
	}
	return s, s.version(0)
}

// version writes the program that answers with n.
func (s *shop) version(n int) error {
	return s.write("version.go", fmt.Sprintf("package main\n\nconst version = \"build %d.\"\n", n))
}

// write writes a file as editors do: beside its place, and then there.
func (s *shop) write(name, text string) error {
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+"~", []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(path+"~", path)
}
