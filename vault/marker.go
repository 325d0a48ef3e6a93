package vault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/resource"
	"larder/surrogate"
)

// A marker records in the POP's cache which copy the POP wrote last for a key:
// its fingerprint, and confirmedMark if a hit has shown that the copy is newer
// than all purges. It is stored under the response's own surrogate keys: a
// purge, and each of its repeats, removes it too, so that what is fetched next
// is copied at once.

const confirmedMark = " confirmed"

// noCopy is the fingerprint of a response of which there must be no copy.
const noCopy = "none"

// fingerprint is equal for responses whose copies would not differ, in their
// surrogate keys either; the entry's own key does not count.
func fingerprint(record *httpcache.StoredResponse) string {
	if forbidsStale(record) {
		return noCopy
	}
	keys := slices.DeleteFunc(slices.Clone(record.Keys), func(key string) bool { return key == surrogate.EntryKey(record.ID) })
	slices.Sort(keys)
	return strings.Join([]string{
		strconv.Itoa(record.Status), record.Header.Get("Etag"), record.Header.Get("Location"),
		strconv.FormatUint(keyHash(strings.Join(keys, " ")), 16),
	}, " ")
}

func markerKey(name string) []byte { return []byte(resource.KeyVersion + "\nvault\n" + name) }

// readMarker returns a copy's marker. An unreadable one counts as missing: the
// copy is then written once more.
func (v *Vault) readMarker(name string) string {
	found, err := v.markers.Lookup(markerKey(name), corecache.LookupOptions{})
	if err != nil {
		return ""
	}
	purged := found.Stale() // softly
	text, err := found.UserMetadata()
	if closeErr := found.Close(); purged || err != nil || closeErr != nil {
		return ""
	}
	return string(text)
}

func (v *Vault) writeMarker(name, marker string, ttl time.Duration, surrogateKeys []string) error {
	w, err := v.markers.Insert(markerKey(name), corecache.WriteOptions{
		TTL:           ttl,
		HasLength:     true,
		SurrogateKeys: surrogateKeys,
		UserMetadata:  []byte(marker),
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("mark a copy: %w", err)
	}
	return nil
}
