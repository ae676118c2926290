//go:build !linux

package main

import "syscall"

// tied does nothing here: no other system ends a process with the one that has started it.
func tied() *syscall.SysProcAttr { return nil }
