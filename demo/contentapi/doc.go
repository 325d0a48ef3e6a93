// Package contentapi is a small content API in the shapes of ButterCMS v2, over
// SQLite, to run an edge cache against: lists with paging, single posts with
// their neighbours, pages, collections, people, feeds and search; edits that
// tell others about themselves; and faults that are switched on at run time.
//
// It is a demo and keeps to a demo's means. Tokens are fixed and public, edits
// take effect at once (ButterCMS answers 202 and applies them later), parameters
// that only make sense with several locales are ignored, and everything under
// /_demo/ is open to whoever can connect, so it is to be bound to loopback only.
//
// [Open] loads the content into a [Store]; [New] serves it.
package contentapi
