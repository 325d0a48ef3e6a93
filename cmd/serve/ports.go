package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"strconv"

	"larder/internal/local"
)

// addresses are the hosts and ports to listen on.
type addresses struct{ edge, origin, standby string }

// port is one that an environment variable can change. It is fixed otherwise, so
// that commands can be repeated.
type port struct {
	variable string
	standard int
}

var (
	edgePort    = port{"LARDER_EDGE_PORT", 7676}
	originPort  = port{"LARDER_ORIGIN_PORT", 8080}
	standbyPort = port{"LARDER_STANDBY_PORT", 8081}
)

// chooseAddresses returns the addresses of all programs.
func chooseAddresses(env func(string) string) (at addresses, err error) {
	for _, one := range []struct {
		port
		address *string
	}{{edgePort, &at.edge}, {originPort, &at.origin}, {standbyPort, &at.standby}} {
		if *one.address, err = chooseAddress(env, one.port); err != nil {
			return addresses{}, err
		}
	}
	return at, nil
}

// chooseAddress returns a loopback address. The error says which port is in use,
// and how to choose another.
func chooseAddress(env func(string) string, p port) (string, error) {
	text := cmp.Or(env(p.variable), strconv.Itoa(p.standard))
	if number, err := strconv.ParseUint(text, 10, 16); err != nil || number == 0 {
		return "", fmt.Errorf("%s=%s: want a port from 1 to 65535", p.variable, text)
	}
	address := net.JoinHostPort("127.0.0.1", text)
	err := local.CheckFree(address)
	if errors.Is(err, local.ErrAddressInUse) {
		return "", taken(text, p.variable)
	}
	return address, err
}

// taken returns the error for a port that another program uses.
func taken(port, variable string) error {
	free, err := local.FreeAddress()
	if err != nil {
		return err
	}
	_, other, err := net.SplitHostPort(free)
	if err != nil {
		return err
	}
	return fmt.Errorf("port %s is taken\nhint: stop the program that listens there, or use one that is free: make serve %s=%s",
		port, variable, other)
}
