//go:build !linux

package local

import "syscall"

// childAttributes asks for nothing: outside Linux no kernel ends a program with
// its parent, so it stays in the terminal's group, where Ctrl-C reaches it.
func childAttributes() *syscall.SysProcAttr { return nil }
