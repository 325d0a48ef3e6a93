package vault_test

import (
	"testing"
	"time"

	"larder/config"
	"larder/vault"
)

// Until the last repeat of a purge the origin may still return old content,
// from a replica or a search index.

const repeats = 20 * time.Second

func TestAnItemDeletedWhileAReplicaStillShowsItDoesNotComeBack(t *testing.T) {
	w := newWorld(t)
	w.save("list with the item", "posts", "post:a")
	w.pass(time.Hour)
	settled := w.now.Add(repeats)
	w.purgeUntil(settled, "post:a", hard)
	w.pass(5 * time.Second)
	w.save("list with the item", "posts", "post:a") // from the replica
	for w.now.Before(settled) {
		w.want(none)
		w.pass(time.Second)
	}
	w.purgeCache("post:a", hard) // the repeat
	for range 100 {
		w.want(none)
		w.pass(time.Minute)
	}
	w.save("list without it", "posts")
	w.want(current)
}

func TestContentIsSupersededUntilItIsFetchedAfterTheLastRepeat(t *testing.T) {
	tests := []struct {
		name    string
		fetched time.Duration // after the purge
		want    string
	}{
		{"fetched at once", 0, superseded},
		{"fetched before the last repeat", repeats - time.Microsecond, superseded},
		{"fetched after it, as far as this clock tells", repeats + vault.Margin, superseded},
		{"fetched after it by every clock", repeats + vault.Margin + time.Microsecond, current},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.purgeUntil(w.now.Add(repeats), "post:a", soft)
			w.pass(test.fetched)
			w.save("body", "post:a")
			w.want(test.want)
			w.pass(time.Hour)
			w.want(test.want)
		})
	}
}

func TestAPurgeOfOtherKeysQuarantinesNothing(t *testing.T) {
	w := newWorld(t, func(c *config.Vault) { c.Superseded = false })
	w.purgeUntil(w.now.Add(repeats), "post:b", hard)
	w.pass(time.Second)
	w.save("body", "post:a")
	w.want(current)
}

func TestALaterPurgeDoesNotShortenTheQuarantineOfAnEarlierOne(t *testing.T) {
	for _, second := range []bool{soft, hard} {
		w := newWorld(t)
		w.purgeUntil(w.now.Add(repeats), "post:a", hard)
		w.pass(time.Second)
		w.purge("post:a", second)
		w.pass(10 * time.Second)
		w.save("body", "post:a")
		w.want(none)
	}
}

// Every repeat purges the markers too, which carry the same keys.
func TestTheSameContentIsCopiedAgainAfterEachRepeat(t *testing.T) {
	w := newWorld(t)
	w.purgeUntil(w.now.Add(repeats), "post:a", soft)
	w.pass(time.Second)
	w.save("body", "post:a")
	w.want(superseded)
	w.pass(repeats + vault.Margin)
	w.purgeCache("post:a", soft)
	w.kv.Calls()
	w.save("body", "post:a")
	if n := count(w.kv, "insert"); n != 1 {
		t.Errorf("%d copies are written", n)
	}
	w.want(current)
}

func TestAHitConfirmsACopyOnlyOnceEveryPOPHasHadTheLastRepeat(t *testing.T) {
	const fetched = repeats - 3*time.Second // after the purge
	tests := []struct {
		name string
		hit  time.Duration // after the last repeat
		want string
	}{
		{"a hit while the repeat may be on its way", vault.PurgeTime, none},
		{"a hit after it, as far as this clock tells", vault.PurgeTime + vault.Margin, none},
		{"a hit after it by every clock", vault.PurgeTime + vault.Margin + time.Microsecond, current},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.purgeUntil(w.now.Add(repeats), "post:a", hard)
			w.pass(fetched)
			record := w.answer("body", "post:a")
			w.save("body", "post:a")
			w.pass(repeats - fetched + test.hit)
			if !w.vault.Confirms(cacheKey, record, w.now) {
				t.Fatal("the hit does not ask for a confirmation")
			}
			if err := w.vault.Confirm(cacheKey, "", record, []byte("body"), w.now); err != nil {
				t.Fatal(err)
			}
			w.want(test.want)
		})
	}
}
