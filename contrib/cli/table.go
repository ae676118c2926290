package cli

import (
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"
)

// widest is how much room a column leaves the next at most: a longer cell moves only its own line.
const widest = 60

// writeTable writes rows below their headings as Flask does: columns two spaces apart, with a line of dashes.
func writeTable(w io.Writer, headings []string, rows [][]string) error {
	widths := make([]int, len(headings))
	for _, row := range append([][]string{headings}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], min(utf8.RuneCountInString(cell), widest))
		}
	}
	dashes := make([]string, len(headings))
	for i, width := range widths {
		dashes[i] = strings.Repeat("-", width)
	}
	p := paintFor(w)
	text := p.bold(line(headings, widths)) + "\n" + p.faint(line(dashes, widths)) + "\n"
	for _, row := range rows {
		text += line(row, widths) + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

func line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString(cell + strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0)+2))
	}
	return strings.TrimRight(b.String(), " ")
}

// writeJSON writes v in a form that people can read too.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
