// Package fencetest model-checks the promise that no schedule undoes a purge.
//
// It has only tests. They run the real [larder/handlers.App], with the purge
// endpoint in it, on the in-memory cache of package coremodel. Everything
// through which requests can affect each other is a step: a call of the cache,
// an answer of the origin, an edit, the arrival of a purge message, the passing
// of time. Between steps the explorer decides which actor goes on. Requests are
// coroutines, so exactly one of them runs at any time and a schedule can be
// repeated.
//
// # What must hold
//
// Where purges take effect in the order of their keys: an answer to a request
// that began after a purge was acknowledged has no content from before the edit
// that the purge announced (purge_race_test.go).
//
// A host may also purge the objects of one key one by one, so that a fetch comes
// in between; a purge therefore comes to each key twice.
//
// Where every key is a message of its own, which arrives at any time and in any
// order: the same for requests that began after the last message of the purge
// and of its repetitions has arrived (late_messages_test.go).
//
// A purge of other keys leaves an answer alone (other_keys_test.go). A POP
// fetches a URL once at a time, and a request takes part in two flights at most
// (limits_test.go).
//
// With a shield there are two such Apps, and each POP promises for its own
// clients (shield_test.go). The edge reaches the shield through the real client
// of package origin; the shield finishes its work for a request before the edge
// goes on.
//
// # Files
//
// scenario_test.go says what a scenario is made of. world_test.go is one run of
// a scenario, actor_test.go its actors and steps; client_test.go,
// origin_test.go, pop_test.go and messages_test.go are what surrounds the App;
// cache_test.go and handles_test.go make steps of calls of the cache;
// explore_test.go chooses the schedules. keys_test.go is all that the checker
// knows of cache keys.
//
// The race detector would find nothing where one coroutine runs at a time, and
// takes tens of gigabytes for so many, so with it there are no tests.
package fencetest
