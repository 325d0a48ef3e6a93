// Package vault keeps last-known-good copies of answers in a KV Store, for
// places whose cache is cold while every origin fails.
//
// [Vault] is what to read first: [Vault.Save] keeps a copy after the client
// has its answer, [Vault.Load] returns one where nothing better is left, and
// [Vault.Purged] must be told of every purge, before the cache is. Without a
// KV Store nothing is kept and nothing found; no error of the store reaches a
// client.
//
// # What a purge does to copies
//
// Nobody knows which copies hold an item, so a purge is noted in a log, under
// the surrogate keys that it names, and compared with a copy when that is
// read. A copy says until when its content is known to be current: the moment
// at which the origin was asked, or a later one of which a cache has shown that
// no purge had touched the answer by then. A hard purge that is not older than
// this deletes the copy; a soft one marks it as superseded. Clocks may differ
// by [Margin], in the purge's favour.
//
// A log that cannot be read may hold a deletion, and then no copy is given.
// The KV Store is eventually consistent: the promise holds from the moment at
// which a read shows what the purge has written, for the most part well below
// a second.
//
// # Calls to the KV Store
//
// A Save is one insertion. A Load is at most [MaxLoadCalls] lookups. A purge
// of one key is a lookup and an insertion, of many keys at most seven of each.
// What fails is tried again after pauses: a write of a copy for a second, a
// note of a purge for as long as the caller says, since the store may show the
// state before the last purge for some time.
package vault
