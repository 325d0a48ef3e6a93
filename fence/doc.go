// Package fence makes sure that no purge is undone by a fetch that began before
// it. It is the only caller of the cache's purge.
//
// A purge cannot touch what is still on its way from the origin. So every fetch
// takes a [Lease] before it asks, every purge ends leases before it purges
// ([Fence.Purge]), and a fetch inserts its entry first and checks its lease
// after ([Fence.Settle]). Either the purge saw the entry, or the fetch sees the
// purge.
//
// # Two leases for a fetch
//
// Which items an answer shows is known only once it is there. A fetch therefore
// takes two leases:
//
//   - the keys lease is stored under the surrogate keys that the answer is
//     expected to have: those of the entry it replaces, or of the request. It
//     ends when one of them is purged, and only then.
//   - the tenant lease ends with every purge of the tenant.
//
// If the answer has no other keys than expected, only the keys lease counts, so
// purges of other items leave the answer alone. Otherwise the tenant lease
// counts: a purge that named none of the answer's keys then costs one
// revalidation, and that one has a keys lease which covers them.
//
// # Readers between insertion and check
//
// An entry can be found before its lease is checked. So requests that find an
// entry in its first seconds (its probation) check its lease too
// ([Fence.OnProbation]). A tenant lease that was checked in time is replaced
// by one that no purge ends, because from then on purges reach the entry
// itself.
//
// # Purges that arrive late
//
// Fastly delivers the purge of each key as a message of its own, in any order.
// With a keys lease the order does not matter: the messages of one key end the
// lease, and then whatever entry was inserted before that. With a tenant lease a
// message that arrives late can leave an old answer stored. The purge endpoint
// repeats every purge (purge.repeat in larder.json), and the repeat reaches the
// entry.
package fence
