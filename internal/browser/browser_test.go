package browser_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var (
	pictures = flag.String("pictures", "", "folder for a picture of each page that is looked at")
	update   = flag.Bool("update", false, "draw the pictures of docs/guide again")
)

// patience is how long anything that is waited for may take: builds and pages on a small machine that is busy.
const patience = 5 * time.Minute

// axeFile is where npm ci puts the rules.
var axeFile = filepath.Join("node_modules", "axe-core", "axe.min.js")

// A browser is one Chromium, which every test opens tabs in.
type browser struct {
	ctx       context.Context
	axe       string
	clipboard sync.Mutex // there is one for all tabs
}

func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	closeBrowser()
	if err := os.RemoveAll(workshop()); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(status)
}

var closers []context.CancelFunc

// closeBrowser ends Chromium, if a test has started it.
func closeBrowser() {
	for i := len(closers) - 1; i >= 0; i-- {
		closers[i]()
	}
}

// theBrowser starts Chromium for the first who asks.
var theBrowser = sync.OnceValues(func() (*browser, error) {
	path, err := chromium()
	if err != nil {
		return nil, err
	}
	axe, err := os.ReadFile(axeFile)
	if err != nil {
		return nil, fmt.Errorf("axe-core is not installed: %w; run npm ci in internal/browser", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.WSURLReadTimeout(patience), chromedp.Flag("lang", "en"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has none for root
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	closers = append(closers, cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	closers = append(closers, cancel)
	return &browser{ctx: ctx, axe: string(axe)}, chromedp.Do(ctx)
})

// chromium returns the path of a Chromium.
func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no chromium on the PATH; install it, with apt-get install chromium or as your system does")
}

// start returns the browser, or skips the test where there can be none.
func start(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("builds whole programs and opens a browser")
	}
	b, err := theBrowser()
	switch {
	case err == nil:
		return b
	case os.Getenv("DEWAR_BROWSER") == "required":
		t.Fatalf("DEWAR_BROWSER=required: %v", err)
	}
	t.Skipf("NOTHING IS TESTED IN A BROWSER: %v", err)
	return nil
}
