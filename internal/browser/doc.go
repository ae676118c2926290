// Package browser holds tests alone: a real browser goes through the pages that dewar makes, and those of its example and
// of a new program, as people do who see them on a phone or on a desk, in light or dark, and who may have no mouse.
//
// It is a module of its own, since it needs what the core must not: chromedp, which drives Chromium, and axe-core, which
// knows the rules of WCAG and is installed by npm ci in this folder. Without them the tests are skipped and say so; with
// DEWAR_BROWSER=required in the environment they fail.
//
//	npm ci && go test ./...          # needs Chromium, such as Debian's package chromium
//	go test -run Debug -pictures /tmp/pictures   # what each page looked like
//	go test -update                  # draws the pictures of docs/guide again
package browser
