package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	// readyWithin is how long a start may take. Viceroy compiles the Wasm first,
	// which takes seconds on a busy machine.
	readyWithin = 2 * time.Minute
	// stopWithin is how long a program may take to end after an interrupt
	// before it is killed.
	stopWithin = 5 * time.Second
)

// program is a program to run that listens on a socket.
type program struct {
	name string // for logs and errors
	path string
	args []string
	dir  string
	env  []string // added to this process's environment
	log  io.Writer
	// announced recognises the line that reports the address.
	announced func(line string) (address string, ok bool)
	// stop is the signal that ends the program; nil means an interrupt.
	stop os.Signal
}

// process is a running program.
type process struct {
	name   string
	cmd    *exec.Cmd
	output *lines
	cancel context.CancelFunc
	done   chan struct{} // closed when the program has ended
}

// start runs a program and waits until it reports its address, which it must
// not do before it accepts connections. When ctx ends, the program is
// interrupted and, after stopWithin, killed.
func (p program) start(ctx context.Context) (*process, string, error) {
	ctx, cancel := context.WithCancel(ctx)
	output := newLines(p.name+": ", p.log, p.announced)
	cmd := exec.CommandContext(ctx, p.path, p.args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = output, output
	stop := p.stop
	if stop == nil {
		stop = os.Interrupt
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(stop) }
	cmd.WaitDelay = stopWithin
	cmd.SysProcAttr = childAttributes()
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, "", fmt.Errorf("start %s: %w", p.name, err)
	}
	running := &process{name: p.name, cmd: cmd, output: output, cancel: cancel, done: make(chan struct{})}
	go func() {
		// The result is in cmd.ProcessState.
		_ = cmd.Wait()
		close(running.done)
	}()

	address, err := running.ready(ctx)
	if err != nil {
		running.stop()
		return nil, "", err
	}
	return running, address, nil
}

func (p *process) ready(ctx context.Context) (string, error) {
	timeout := time.NewTimer(readyWithin)
	defer timeout.Stop()
	reason := ""
	select {
	case address := <-p.output.found:
		return address, nil
	case <-p.done:
		// The address may be there as well, but the program is not ready.
		reason = fmt.Sprintf("ended with %v", p.cmd.ProcessState)
	case <-timeout.C:
		reason = fmt.Sprintf("silent for %v", readyWithin)
	case <-ctx.Done():
		return "", fmt.Errorf("start %s: %w", p.name, context.Cause(ctx))
	}
	tail := p.output.tail()
	if strings.Contains(strings.ToLower(tail), "address already in use") {
		return "", fmt.Errorf("start %s: %w", p.name, ErrAddressInUse)
	}
	return "", fmt.Errorf("start %s: %w: %s\n%s", p.name, ErrNotReady, reason, tail)
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop interrupts the program and waits until it has ended, for stopWithin at
// most.
func (p *process) stop() {
	p.cancel()
	<-p.done
}

// kill ends the program at once and waits until it has ended.
func (p *process) kill() {
	// Kill only fails if the program has already ended.
	_ = p.cmd.Process.Kill()
	<-p.done
	p.cancel()
}
