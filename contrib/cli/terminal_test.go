package cli_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/sessionstore"
)

// A screen is what the commands take for a terminal.
type screen struct{ bytes.Buffer }

func (*screen) Stat() (fs.FileInfo, error) { return device{}, nil }

type device struct{}

func (device) Name() string       { return "tty" }
func (device) Size() int64        { return 0 }
func (device) Mode() fs.FileMode  { return fs.ModeDevice | fs.ModeCharDevice }
func (device) ModTime() time.Time { return time.Time{} }
func (device) IsDir() bool        { return false }
func (device) Sys() any           { return nil }

// onScreen runs a command whose standard output and error are a terminal.
func onScreen(t *testing.T, root *cobra.Command, args ...string) string {
	t.Helper()
	s := &screen{}
	root.SetOut(s)
	root.SetErr(s)
	root.SetArgs(args)
	cli.Run(t.Context(), root)
	return s.String()
}

func TestColoursAreForTerminalsAlone(t *testing.T) {
	for _, tt := range []struct {
		name, variable, value string
		want                  bool
	}{
		{"a terminal", "TERM", "xterm", true},
		{"a terminal without colours", "TERM", "dumb", false},
		{"NO_COLOR", "NO_COLOR", "1", false},
		{"NO_COLOR that is empty", "NO_COLOR", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{"NO_COLOR", "CLICOLOR_FORCE"} {
				t.Setenv(name, "")
			}
			t.Setenv("TERM", "xterm")
			t.Setenv(tt.variable, tt.value)
			root := cli.New(newShop(), shopCommands()...)
			if got := onScreen(t, root, "fail", "x"); strings.Contains(got, "\x1b[1;31mError:\x1b[0m several") != tt.want || strings.Contains(got, "\x1b") != tt.want {
				t.Errorf("got %q, want colours: %v", got, tt.want)
			}
			table := onScreen(t, cli.New(newShop()), "routes")
			if strings.Contains(table, "\x1b[1mEndpoint      Methods    Rule\x1b[0m\n") != tt.want {
				t.Errorf("got %q, want colours: %v", table, tt.want)
			}
		})
	}
	t.Run("CLICOLOR_FORCE", func(t *testing.T) {
		t.Setenv("NO_COLOR", "")
		t.Setenv("CLICOLOR_FORCE", "1")
		shop(t, "fail", "x").Want(cli.Failed, "\x1b[1;31mError:\x1b[0m")
		t.Setenv("NO_COLOR", "1")
		if r := shop(t, "fail", "x"); strings.Contains(r.Stderr, "\x1b") {
			t.Errorf("got %q, want NO_COLOR to win", r.Stderr)
		}
	})
}

// uncounted is a store that does not know how much there is to sweep.
type uncounted struct{ sessionstore.Sweeper }

func TestSweepShowsHowFarItIsOnATerminal(t *testing.T) {
	t.Parallel()
	store := &expiring{shared{sessionstore.NewMemory()}, 4000, nil}
	got := onScreen(t, storing(t, store), "sessions", "sweep")
	want := "\r\x1b[Ksweeping  " + strings.Repeat("█", 7) + strings.Repeat("░", 23) + "  25 %  1000 of 4000, 0s"
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "\r\x1b[K4000 sessions removed.\n") {
		t.Errorf("got %q, want it to begin with %q, and the bar to be gone at the end", got, want)
	}
	blind := struct {
		sessionstore.Store
		uncounted
	}{sessionstore.NewMemory(), uncounted{&expiring{shared{sessionstore.NewMemory()}, 1500, nil}}}
	if got := onScreen(t, storing(t, blind), "sessions", "sweep"); !strings.HasPrefix(got, "\r\x1b[Ksweeping  1000, 0s") {
		t.Errorf("got %q, want the number alone", got)
	}
}
