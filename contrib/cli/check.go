package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/dewar-go/dewar"
)

// findings are what check has found.
type findings struct {
	OK       bool     `json:"ok"`
	Problems []string `json:"problems"`
	Warnings []string `json:"warnings"`
}

func checkCommand() *cobra.Command {
	var asJSON, strict, deploy bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find what is wrong before it is served",
		Long: "Build the application and report all that is wrong with its routes, templates, configuration, session store and keys.\n" +
			"--deploy looks also at what only matters where others can reach it. The exit code is 1 if there is a problem, and with\n" +
			"--strict if there is a warning.",
		Example: "  $0 check\n  $0 check --deploy --strict --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found := check(App(cmd), deploy)
			found.OK = len(found.Problems) == 0 && (!strict || len(found.Warnings) == 0)
			if err := found.write(cmd.OutOrStdout(), asJSON); err != nil || found.OK {
				return err
			}
			return errFound
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&strict, "strict", false, "fail on warnings too")
	flags.BoolVar(&deploy, "deploy", false, "check what matters where others can reach the application")
	return cmd
}

// check builds app, and collects what it says.
func check(app *dewar.App, deploy bool) findings {
	found := findings{Problems: []string{}, Warnings: []string{}}
	said := &warnings{}
	logger := app.Logger
	app.Logger = slog.New(said)
	err := app.Build()
	app.Logger = logger
	if err != nil {
		for _, problem := range leaves(err) {
			found.Problems = append(found.Problems, paragraph(problem))
		}
	}
	found.Warnings = append(found.Warnings, said.texts...)
	if deploy {
		found.Warnings = append(found.Warnings, exposed(app.Config)...)
	}
	return found
}

// exposed says what is unsafe about a configuration where others can reach the application.
func exposed(config *dewar.Config) []string {
	var texts []string
	if config.Bool("DEBUG") {
		texts = append(texts, fmt.Sprintf("DEBUG is on (%s), so an address that others can reach is refused; unset it", config.Source("DEBUG")))
	}
	if config.Bool("TESTING") {
		texts = append(texts, fmt.Sprintf("TESTING is on (%s); unset it", config.Source("TESTING")))
	}
	if !config.Has("SECRET_KEY") {
		texts = append(texts, "SECRET_KEY is not set, so no session can be written; set FLASK_SECRET_KEY to what the command secret prints")
	}
	if !config.Has("TRUSTED_HOSTS") && !config.Has("SERVER_NAME") {
		texts = append(texts, "neither TRUSTED_HOSTS nor SERVER_NAME is set, so whole URLs have the host that a request names; set TRUSTED_HOSTS to the hosts of the site")
	}
	if !config.Bool("SESSION_COOKIE_SECURE") && !config.Bool("SESSION_COOKIE_PARTITIONED") {
		texts = append(texts, "SESSION_COOKIE_SECURE is off, so browsers send the session over plain HTTP too; turn it on where the site has TLS")
	}
	return texts
}

func (f findings) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return writeJSON(w, f)
	}
	p := paintFor(w)
	var b strings.Builder
	for _, text := range f.Problems {
		b.WriteString(p.red("problem:") + " " + text + "\n")
	}
	for _, text := range f.Warnings {
		b.WriteString(p.yellow("warning:") + " " + text + "\n")
	}
	verdict := p.green("ok")
	if !f.OK {
		verdict = p.red("not ok")
	}
	fmt.Fprintf(&b, "%s: %s, %s\n", verdict, counted(len(f.Problems), "problem", "problems"), counted(len(f.Warnings), "warning", "warnings"))
	_, err := io.WriteString(w, b.String())
	return err
}

// warnings is a handler that keeps what is logged as a warning or worse.
type warnings struct {
	mu    sync.Mutex
	texts []string
}

// Enabled reports whether level is that of a warning at least.
func (h *warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle keeps the message with its attributes.
func (h *warnings) Handle(_ context.Context, r slog.Record) error {
	text := strings.TrimPrefix(r.Message, "dewar: ")
	r.Attrs(func(a slog.Attr) bool {
		text += fmt.Sprintf(" %s=%v", a.Key, cmp.Or(a.Value.Resolve().String(), `""`))
		return true
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.texts = append(h.texts, text)
	return nil
}

// WithAttrs returns h: what a logger has of its own is no part of a finding.
func (h *warnings) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup returns h.
func (h *warnings) WithGroup(string) slog.Handler { return h }
