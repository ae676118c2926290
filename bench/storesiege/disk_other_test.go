//go:build !unix

package storesiege

func ignoreFullDisks() {}
