package surrogate

import "strings"

const filtered = ":filtered"

// Filtered returns the key of the lists with this key that select or order their
// items. An edit may move an item into such a list, which does not have the item's
// own key yet, so it purges this key beside the item's. The key of such lists is
// returned as it is.
func Filtered(key string) string { return strings.TrimSuffix(key, filtered) + filtered }
