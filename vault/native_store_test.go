//go:build !wasip1

package vault_test

import (
	"errors"
	"testing"

	"larder/vault"
)

func TestTheRealStoreIsUnavailableNatively(t *testing.T) {
	kv := &vault.Fastly{Name: "larder_vault"}
	_, lookupErr := kv.Lookup("key")
	for _, err := range []error{lookupErr, kv.Insert("key", nil, vault.InsertOptions{}), kv.Delete("key")} {
		if !errors.Is(err, vault.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	}
}
