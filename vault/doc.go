// Package vault stores last-known-good copies of responses in a KV Store, for
// POPs whose cache is cold while every origin fails.
//
// Read [Vault] first. [Vault.Save] stores a copy once the client has its
// response, [Vault.Load] returns one when nothing better is left, and
// [Vault.Purge] records a purge; call it before the cache is purged. Without a
// KV Store nothing is stored and nothing is found. No error of the store
// reaches a client.
//
// # What a purge does to copies
//
// A KV Store cannot be searched by surrogate key, so a purge is appended to a
// log under the keys that it names, and Load compares the logs with the copy.
// A copy records when its content was last known to be current: when the
// origin was asked, or later if a hit has proved it (see [Vault.Confirms]). A
// hard purge at that time or later deletes the copy; a soft one marks it as
// superseded.
//
// A purge is logged under [Purge.Settled], the time of its last repeat, which
// is usually in the future. Until then a replica of the origin may still
// return the old content, so responses fetched before that time count as
// purged too: hard-purged ones are never served from the vault.
//
// If a log cannot be read, it may hold a deletion, so no copy is served. The
// KV Store is eventually consistent: all of this holds once a read shows what
// the purge has written, usually well within a second.
//
// # Clocks
//
// Settled is read from one POP's clock and the time of a copy from another's.
// They may differ by [Margin]; every comparison favours the purge. A response
// fetched just after Settled therefore counts as purged although it is new. A
// hit on it some seconds later proves that it is: [PurgeTime] after Settled no
// cache has the old content, so an entry that is unpurged at time t is newer
// than every purge that settled before t − PurgeTime.
//
// # Calls to the KV Store
//
// A Save is one insertion. A Load is at most [MaxLoadCalls] lookups. A purge is
// a lookup and an insertion for each log: one log for one key, at most seven
// for any number of one tenant's keys, and one for each URL. Failed calls are
// repeated after pauses: for a second when a copy is written, until the caller's
// time limit when a purge is.
//
// Clients cause calls too, and as many as they like. So a [Vault.Change] of the
// same key is recorded once a second in each POP, and [Vault.Forget] costs a
// lookup where there is no copy, once per interval and key.
package vault
