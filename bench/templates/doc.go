// Package templates compares how dewar renders a page with how html/template does by hand, and looks with a parser of HTML
// at what becomes of values that attack a page.
package templates
