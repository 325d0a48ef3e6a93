package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"larder/internal/local"
)

// addresses are the hosts and ports to listen on.
type addresses struct{ edge, origin, standby string }

// chooseAddresses returns fixed addresses, so that commands can be repeated,
// except for ports set by environment variables. The error says which port is
// in use and how to choose another.
func chooseAddresses(env func(string) string) (addresses, error) {
	var chosen addresses
	for _, port := range []struct {
		variable string
		standard int
		address  *string
	}{
		{"LARDER_EDGE_PORT", 7676, &chosen.edge},
		{"LARDER_ORIGIN_PORT", 8080, &chosen.origin},
		{"LARDER_STANDBY_PORT", 8081, &chosen.standby},
	} {
		text := env(port.variable)
		if text == "" {
			text = strconv.Itoa(port.standard)
		}
		if number, err := strconv.ParseUint(text, 10, 16); err != nil || number == 0 {
			return addresses{}, fmt.Errorf("%s=%s: want a port from 1 to 65535", port.variable, text)
		}
		*port.address = net.JoinHostPort("127.0.0.1", text)
		err := local.CheckFree(*port.address)
		if errors.Is(err, local.ErrAddressInUse) {
			return addresses{}, taken(text, port.variable)
		}
		if err != nil {
			return addresses{}, err
		}
	}
	return chosen, nil
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
