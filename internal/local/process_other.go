//go:build !linux

package local

import "syscall"

// childAttributes returns nil: outside Linux the kernel does not end a program
// with its parent, so the program stays in the terminal's process group, where
// Ctrl-C reaches it.
func childAttributes() *syscall.SysProcAttr { return nil }
