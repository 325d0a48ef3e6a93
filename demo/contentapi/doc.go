// Package contentapi is a small content API with the data formats of ButterCMS
// v2, on SQLite, to run an edge cache against. It has lists with paging, single
// posts with their neighbours, pages, collections, people, feeds and search. It
// sends webhooks and purges for edits, and can inject faults at run time.
//
// It is only a demo. Tokens are fixed and public. Edits take effect at once
// (ButterCMS answers 202 and applies them later). Parameters for locales are
// ignored. Everything under /_demo/ is open to any client, so listen on loopback
// only.
//
// [Open] loads the content into a [Store]; [New] serves it.
package contentapi
