package main

import "larder/config"

// These are empty in the repository. `larder build` checks larder.json and
// compiles the result in place of this file, each time anew: no copy of it
// exists that could be out of date, and a program built in any other way has
// no configuration and refuses to start.
var (
	configuration *config.Config
	// configurationSum is the SHA-256 of the larder.json it was made of, in
	// hexadecimal digits.
	configurationSum string
)
