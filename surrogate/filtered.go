package surrogate

// Filtered returns the key of the lists with this key that select or order their
// items. An edit may move an item into such a list, which does not have the item's
// own key yet, so it purges this key beside the item's.
func Filtered(key string) string { return key + ":filtered" }
