// Package engine compiles templates to closures and renders them.
package engine
