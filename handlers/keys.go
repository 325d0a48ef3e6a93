package handlers

import (
	"errors"
	"net/http"

	"larder/httpcache"
	"larder/surrogate"
)

// keys are the surrogate keys of a new answer, the coarse ones first: the
// route's, the origin's own, and those of the items in the body.
func (k *ask) keys(f *fetched) []string {
	set := surrogate.NewSet(k.resource.Tenant.Prefix())
	switch {
	case k.resource.Tenant.ID != "":
		set.Add(surrogate.AllKey)
	case k.app.config.Tenant != nil:
		set.Add(surrogate.AnonymousKey)
	}
	complete := k.resource.AddKeys(set, k.route.Route)
	addHeaderKeys(set, f.resp.Header)
	set.Add(f.checked.items...)
	unread := !k.route.Items.Empty() && f.resp.Remainder != nil
	if !complete || unread || errors.Is(f.checked.unread, surrogate.ErrTooManyItems) {
		set.AddAllBuckets() // so that a purge of any key is one of this answer
	}
	set.AddService(surrogate.AllKey)
	set.AddService(surrogate.URLKey(k.resource.URLHash()))
	set.AddService(surrogate.URLKey(k.resource.OwnHash()))
	set.AddService(surrogate.EntryKey(f.record.ID))
	return set.Keys()
}

// keptKeys are those of an entry that a 304 has validated: what the entry had,
// under the name of the new one, and what the 304 adds.
func (k *ask) keptKeys(f *fetched) []string {
	previous := &f.previous.record
	set := surrogate.NewSet(k.resource.Tenant.Prefix())
	set.Carry(withEntryKey(previous.Keys, previous.ID, f.id)...)
	addHeaderKeys(set, f.resp.Header)
	return set.Keys()
}

// addHeaderKeys adds the keys that the origin itself gives.
func addHeaderKeys(set *surrogate.Set, header http.Header) {
	for _, name := range [...]string{"Surrogate-Key", "Xkey"} {
		set.Add(surrogate.SpaceSeparated(header[name])...)
	}
	set.Add(surrogate.CommaSeparated(header["Cache-Tag"])...)
	set.Add(httpcache.CacheGroups(header)...)
}

// withEntryKey exchanges the key of the entry itself.
func withEntryKey(keys []string, old, id string) []string {
	renamed := make([]string, len(keys))
	for i, key := range keys {
		if renamed[i] = key; key == surrogate.EntryKey(old) {
			renamed[i] = surrogate.EntryKey(id)
		}
	}
	return renamed
}
