package main

import "testing"

func TestJourneysInPython(t *testing.T) {
	needPython(t)
	settings(t)
	travel(t, only(startPythonHalf(t)))
}

// travel goes on every journey and returns the pages on its way.
func travel(t *testing.T, halves *switchboard) (pages []page) {
	t.Helper()
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			b := newBrowser(halves)
			if err := attempt(func() { j.goes(b) }); err != nil {
				t.Error(err)
			}
			pages = append(pages, b.pages...)
		})
	}
	return pages
}
