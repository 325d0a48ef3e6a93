// Package fencetest model-checks the promise that a purge cannot be undone.
//
// It has only tests. They run the real [larder/handlers.App], with the purge
// endpoint in it, on the in-memory cache of package coremodel. Everything
// through which requests can meet (a call of the cache, an answer of the
// origin, an edit, the passing of time) is a step, and between steps the
// explorer decides who goes on. Requests are coroutines, so exactly one of
// them runs at any time and a schedule can be repeated.
//
// What must hold: an answer to a request that began after a purge was
// acknowledged has no content from before the edit which that purge announced.
//
// With a shield there are two such Apps, and what a purge promises it promises
// to those who ask where it has been (shield_test.go). The edge reaches the
// shield through the real client of package origin; the shield finishes its
// work for a request before the edge goes on.
//
// The race detector would find nothing where one coroutine runs at a time, and
// takes tens of gigabytes for so many, so with it there are no tests.
//
// Start with scenarios_test.go. The other files: world_test.go is what the
// scenarios play in, place_test.go an App in it, cache_test.go makes steps of
// calls of the cache, explore_test.go chooses the schedules.
package fencetest
