package local

import (
	"context"
	"io"
	"syscall"
)

// ServerOptions configures a server that is no part of the repository, such as
// a CMS. Path and Announced are required.
type ServerOptions struct {
	// Name is the prefix of log lines.
	Name string
	// Path is the program's path, and Args are its arguments.
	Path string
	Args []string
	// Dir is its working directory; "" means this process's own.
	Dir string
	// Env is added to this process's environment.
	Env []string
	// Announced recognises the line of output with which the server says that
	// it accepts connections, and returns the address in it.
	Announced func(line string) (address string, ok bool)
	// Log receives the output line by line, each with a prefix; nil discards it.
	Log io.Writer
}

// Server is a running server that is no part of the repository.
type Server struct {
	process *process
	address string
}

// StartServer runs a server and returns once it accepts connections. It ends
// with ctx, or at Close. The error may wrap ErrAddressInUse or ErrNotReady.
func StartServer(ctx context.Context, options ServerOptions) (*Server, error) {
	running, address, err := program{
		name:      options.Name,
		path:      options.Path,
		args:      options.Args,
		dir:       options.Dir,
		env:       options.Env,
		log:       options.Log,
		announced: options.Announced,
		stop:      syscall.SIGTERM, // database servers ignore an interrupt
	}.start(ctx)
	if err != nil {
		return nil, err
	}
	return &Server{process: running, address: address}, nil
}

// Address returns the address that the server has announced.
func (s *Server) Address() string { return s.address }

// Output returns the server's last lines of output, to explain a failure.
func (s *Server) Output() string { return s.process.output.tail() }

// Close stops the server and waits until it has ended. It may be called more
// than once.
func (s *Server) Close() error {
	s.process.stop()
	return nil
}
