package main

import (
	"bufio"
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// corpusFiles are requests as they stand on the wire, and the answers that are allowed:
//
//	# A comment.
//	== name of the case
//	promise Input is bounded
//	want 400 413 closed
//	answers 1
//	forbid text that no answer may have in it
//	> a line that is sent, with CR LF behind it
//	| a line that is sent as it is
//
// In what is sent, {host} is the host of the application, {8000*text} is the text as often as it says, and \r, \n, \t, \xNN and
// \\ stand for a byte. What a promise line says holds for the cases below it in its file. Closed stands for a connection that ends
// without an answer. More answers than are allowed, one unless a line says otherwise, mean that a request was taken for several.
//
//go:embed corpus/*.txt
var corpusFiles embed.FS

// A specimen is one case of the corpus.
type specimen struct {
	name, promise string
	want          []string // statuses, or "closed"
	answers       int      // at most
	forbidden     []string
	text          string // what is sent
}

// allows reports whether an answer with this status, or "closed", may come.
func (s *specimen) allows(outcome string) bool { return slices.Contains(s.want, outcome) }

// corpus returns all cases, in order.
func corpus() (all []specimen, err error) {
	files, err := corpusFiles.ReadDir("corpus")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := corpusFiles.ReadFile("corpus/" + file.Name())
		if err != nil {
			return nil, err
		}
		cases, err := parseSpecimens(string(text))
		if err != nil {
			return nil, fmt.Errorf("corpus/%s: %w", file.Name(), err)
		}
		all = append(all, cases...)
	}
	return all, nil
}

// parseSpecimens reads one file of the corpus.
func parseSpecimens(text string) (all []specimen, err error) {
	promise, lines := "", bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		var last *specimen
		if len(all) > 0 {
			last = &all[len(all)-1]
		}
		switch {
		case word == "" || word == "#":
			continue
		case word == "promise":
			promise = rest
			continue
		case word == "==":
			all = append(all, specimen{name: rest, promise: promise, answers: 1})
			continue
		case last == nil:
			return nil, fmt.Errorf("line %d stands before the first case; begin one with ==", n)
		case word == "want":
			last.want = strings.Fields(rest)
		case word == "answers":
			last.answers, err = strconv.Atoi(rest)
		case word == "forbid":
			last.forbidden = append(last.forbidden, rest)
		case word == ">":
			err = last.add(rest + `\r\n`)
		case word == "|":
			err = last.add(rest)
		default:
			err = fmt.Errorf("%q is none of promise, ==, want, answers, forbid, >, | and #", word)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return all, lines.Err()
}

// repeated is what stands for a text that is sent many times.
var repeated = regexp.MustCompile(`\{(\d+)\*([^{}]*)\}`)

// add adds what a line stands for to the text that is sent.
func (s *specimen) add(line string) error {
	line = repeated.ReplaceAllStringFunc(line, func(match string) string {
		parts := repeated.FindStringSubmatch(match)
		times, _ := strconv.Atoi(parts[1])
		return strings.Repeat(parts[2], times)
	})
	for line != "" {
		if line[0] != '\\' {
			plain := strings.IndexByte(line, '\\')
			if plain < 0 {
				plain = len(line)
			}
			s.text, line = s.text+line[:plain], line[plain:]
			continue
		}
		value, _, tail, err := strconv.UnquoteChar(line, 0)
		if err != nil {
			return fmt.Errorf("%.20q begins with no escape; write \\\\ for a backslash", line)
		}
		s.text, line = s.text+string([]byte{byte(value)}), tail
	}
	return nil
}

// at returns what is sent to the application at host.
func (s *specimen) at(host string) string { return strings.ReplaceAll(s.text, "{host}", host) }
