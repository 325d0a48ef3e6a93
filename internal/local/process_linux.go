package local

import "syscall"

// childAttributes gives a program its own process group, so that Ctrl-C in the
// terminal only reaches the parent, which stops its programs in order. The
// kernel kills the program if the parent dies without stopping it, as a test
// does at its timeout.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
