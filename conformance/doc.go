// Command conformance runs the public suite of HTTP cache tests, http-cache-tests
// from npm, through Larder as it is deployed: the Wasm with the preset that
// follows the origin, in Viceroy, between the suite's own client and its own
// server. `make conformance` calls it. The preset is changed in two points that
// have nothing to do with caching; config.go says why.
//
//	go run ./conformance              run everything and compare with the record
//	go run ./conformance -update      likewise, and rewrite the record
//	go run ./conformance -v           likewise, showing what the origin and the edge print
//	go run ./conformance ID...        run these cases and show every message
//
// The record is the folder testdata/conformance: larder.json has each case's
// outcome, comparison.md the counts beside those of other caches, and
// exceptions.json the reason for every required or optimal case that does not
// pass. The command fails if a case got worse, or if one fails for no stated
// reason. Begin with [judge], which decides that.
//
// It measures nothing and follows the suite without judging its expectations;
// where one of them is wrong, exceptions.json says so.
package main
