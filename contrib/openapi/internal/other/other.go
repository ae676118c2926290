// Package other has a type with the name of one that the tests of package openapi have.
package other

// Leaf is another leaf.
type Leaf struct {
	Weight float64 `json:"weight"`
}
