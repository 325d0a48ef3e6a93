package local

import "syscall"

// childAttributes puts a program into a process group of its own, so that a
// Ctrl-C in the terminal reaches only the parent, which then stops its programs
// in order; and lets the kernel kill the program if the parent dies without
// stopping it, as a test that ran into its time limit does.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
