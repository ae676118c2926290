//go:build !unix

package siege

func ignoreFullDisks() {}
