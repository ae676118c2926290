package dewar

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/dotenv"
	"github.com/dewar-go/dewar/internal/files"
)

// LoadDotenv sets the environment variables that files have, for all that reads the environment afterwards: [New] for
// FLASK_DEBUG, [Config.FromPrefixedEnv], a config.py, [App.Run] for FLASK_RUN_PORT, and the program's own os.Getenv.
// Call it first in main. Without names the files are .env and .flaskenv; names are relative to the working directory.
//
// A variable that the environment has, if only as an empty text, stays; of the files the first that has it counts. So
// the real environment goes before .env, and that before .flaskenv. A file that is missing, or a folder, is passed
// over: where a program is deployed there may be none.
//
// [Config.FromDotenv] tells how a line is written; ${NAME} also finds what the environment and the earlier files have.
// A line that is none is an error with the names of file and line, and no variable is set. With FLASK_SKIP_DOTENV set
// to anything but 0, false and no, LoadDotenv does nothing. Flask calls it load_dotenv.
func LoadDotenv(files ...string) error {
	if skipsDotenv() {
		return nil
	}
	if len(files) == 0 {
		files = []string{".env", ".flaskenv"}
	}
	fresh := map[string]string{}
	lookup := func(name string) (string, bool) {
		if text, ok := os.LookupEnv(name); ok {
			return text, true
		}
		text, ok := fresh[name]
		return text, ok
	}
	for _, file := range files {
		lines, err := readDotenv(file, lookup)
		if err != nil {
			return fmt.Errorf("dewar: %w", err)
		}
		for _, l := range lines {
			if _, set := lookup(l.Name); !set {
				fresh[l.Name] = l.Value
			}
		}
	}
	for name, text := range fresh {
		if err := os.Setenv(name, text); err != nil {
			return fmt.Errorf("dewar: the environment variable %s cannot be set: %w", name, errors.Unwrap(err))
		}
	}
	return nil
}

// ReadDotenv returns the variables that a file sets, without setting them. A missing file is an error that wraps
// [fs.ErrNotExist]; a line that is none is one with the names of file and line. Other tools call it dotenv_values.
func ReadDotenv(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("dewar: %w", err)
	}
	lines, err := dotenv.Parse(string(data), os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("dewar: %s: %w", file, err)
	}
	values := make(map[string]string, len(lines))
	for _, l := range lines {
		values[l.Name] = l.Value
	}
	return values, nil
}

// SetDotenv sets variables in a file: in the place of their lines, or at its end. Comments, other lines and the file's mode
// stay as they are. The file changes at one moment, so that a program that starts meanwhile reads the old one or the new
// one; after an error it is as it was. A missing file is made, which only its owner can read. Two callers at once must not
// change one file: one of them would win. Other tools call it set_key.
func SetDotenv(file string, values map[string]string) error {
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("dewar: %w", err)
	}
	text, err := dotenv.Edit(string(data), values, os.LookupEnv)
	if err != nil {
		return fmt.Errorf("dewar: %s: %w", file, err)
	}
	if err := files.Replace(file, []byte(text)); err != nil {
		return fmt.Errorf("dewar: %s: %w", file, err)
	}
	return nil
}

// skipsDotenv reports what FLASK_SKIP_DOTENV says, as Flask understands it.
func skipsDotenv() bool {
	word := strings.ToLower(os.Getenv("FLASK_SKIP_DOTENV"))
	return !slices.Contains([]string{"", "0", "false", "no"}, word)
}

// readDotenv returns the lines of a file, none when there is no such file.
func readDotenv(file string, lookup func(string) (string, bool)) ([]dotenv.Line, error) {
	if info, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	lines, err := dotenv.Parse(string(data), lookup)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return lines, nil
}

// warnOfDotenv logs that there is a .env file which nobody has loaded, as Flask does: the program would run with its
// defaults. It is loaded when the environment has one of its variables. A test has settings of its own.
func (c *Config) warnOfDotenv(logger *slog.Logger) {
	if skipsDotenv() || c.store.ReadDotenv() || c.Bool("TESTING") {
		return
	}
	lines, err := readDotenv(".env", os.LookupEnv)
	loaded := func(l dotenv.Line) bool {
		_, set := os.LookupEnv(l.Name)
		return set
	}
	if err != nil || len(lines) == 0 || slices.ContainsFunc(lines, loaded) {
		return
	}
	logger.Warn(fmt.Sprintf("the file .env, with %s and others, is loaded by nobody; call dewar.LoadDotenv() first in main, or set FLASK_SKIP_DOTENV=1", lines[0].Name))
}
