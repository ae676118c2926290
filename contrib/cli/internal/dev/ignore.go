package dev

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// An ignorer knows which files a project has no interest in: what its .gitignore files name, and folders that hold
// tools. It belongs to one goroutine.
type ignorer struct {
	root  string // the repository, or the module outside of one
	rules map[string][]ignoreRule
}

// An ignoreRule is one line of a .gitignore.
type ignoreRule struct {
	pattern *regexp.Regexp
	keep    bool // the line began with an exclamation mark
	folder  bool // it is about folders alone
}

// newIgnorer returns the ignorer of the repository that dir is in.
func newIgnorer(dir string) *ignorer {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return &ignorer{root: at, rules: map[string][]ignoreRule{}}
		}
		if at == filepath.Dir(at) {
			return &ignorer{root: dir, rules: map[string][]ignoreRule{}}
		}
	}
}

// forget makes the ignorer read all .gitignore files again.
func (g *ignorer) forget() { clear(g.rules) }

// skips reports whether a file or folder is ignored, for itself or because a folder above it is. What is outside of the
// repository is not.
func (g *ignorer) skips(name string, isFolder bool) bool {
	rel, err := filepath.Rel(g.root, name)
	if err != nil || rel == "." || strings.HasPrefix(rel, "..") {
		return false
	}
	parts := strings.Split(filepath.ToSlash(rel), "/")
	for i := range parts {
		folder := isFolder || i < len(parts)-1
		if folder && isToolFolder(parts[i]) || g.names(parts[:i+1], folder) {
			return true
		}
	}
	return false
}

// isToolFolder reports whether a folder holds nothing that a program is made of.
func isToolFolder(name string) bool {
	return name == "node_modules" || strings.HasPrefix(name, ".")
}

// names reports whether a rule ignores what is at parts. The last rule that matches counts, the deepest file last.
func (g *ignorer) names(parts []string, folder bool) (ignored bool) {
	for i := range parts {
		below := path.Join(parts[i:]...)
		for _, rule := range g.rulesOf(filepath.Join(g.root, filepath.Join(parts[:i]...))) {
			if (folder || !rule.folder) && rule.pattern.MatchString(below) {
				ignored = !rule.keep
			}
		}
	}
	return ignored
}

// rulesOf returns the rules of the .gitignore in dir.
func (g *ignorer) rulesOf(dir string) []ignoreRule {
	rules, known := g.rules[dir]
	if known {
		return rules
	}
	text, _ := os.ReadFile(filepath.Join(dir, ".gitignore")) // without one there are no rules
	for line := range strings.Lines(string(text)) {
		if rule, ok := parseIgnoreRule(strings.TrimRight(line, "\r\n")); ok {
			rules = append(rules, rule)
		}
	}
	g.rules[dir] = rules
	return rules
}

// parseIgnoreRule reads a line as gitignore(5) has it. ok is false for a line that names nothing.
func parseIgnoreRule(line string) (rule ignoreRule, ok bool) {
	if !strings.HasSuffix(line, `\ `) {
		line = strings.TrimRight(line, " \t")
	}
	if line == "" || line[0] == '#' {
		return rule, false
	}
	line, rule.keep = strings.CutPrefix(line, "!")
	line, rule.folder = strings.CutSuffix(line, "/")
	anchored := strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return rule, false
	}
	expression := "^" + globExpression(line) + "$"
	if !anchored {
		expression = "^(?:.*/)?" + globExpression(line) + "$"
	}
	pattern, err := regexp.Compile(expression)
	rule.pattern = pattern
	return rule, err == nil
}

// globExpression returns a glob as a regular expression.
func globExpression(glob string) string {
	var b strings.Builder
	for glob != "" {
		text, length := globToken(glob)
		b.WriteString(text)
		glob = glob[length:]
	}
	return b.String()
}

// globToken returns the regular expression for the beginning of a glob, and how much of it that is.
func globToken(glob string) (text string, length int) {
	switch {
	case strings.HasPrefix(glob, "**/"):
		return "(?:.*/)?", 3
	case strings.HasPrefix(glob, "/**") && len(glob) == 3:
		return "/.*", 3
	case glob[0] == '*':
		return "[^/]*", 1
	case glob[0] == '?':
		return "[^/]", 1
	case glob[0] == '\\' && len(glob) > 1:
		return regexp.QuoteMeta(glob[1:2]), 2
	case glob[0] == '[':
		if end := strings.IndexByte(glob[1:], ']'); end > 0 {
			class := glob[1 : 1+end]
			if rest, not := strings.CutPrefix(class, "!"); not {
				class = "^" + rest
			}
			return "[" + class + "]", end + 2
		}
	}
	return regexp.QuoteMeta(glob[:1]), 1
}
