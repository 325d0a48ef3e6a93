package client

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"time"
)

// Encrypt returns a Store that encrypts values with AES-GCM and keeps them in
// another Store. Keys have 16, 24 or 32 random bytes. The first one encrypts, all
// decrypt: to change a key, put the new one in front. Values that no key
// decrypts, or that belong to another entry, count as absent.
func Encrypt(store Store, keys ...[]byte) (Store, error) {
	if len(keys) == 0 {
		return nil, errors.New("client: Encrypt needs a key")
	}
	e := &encrypted{store: store}
	for _, key := range keys {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("client: Encrypt: %w", err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("client: Encrypt: %w", err)
		}
		e.keys = append(e.keys, aead)
	}
	return e, nil
}

type encrypted struct {
	store Store
	keys  []cipher.AEAD
}

func (e *encrypted) Get(ctx context.Context, key string) ([]byte, bool, error) {
	sealed, ok, err := e.store.Get(ctx, key)
	if err != nil || !ok {
		return nil, false, err
	}
	for _, aead := range e.keys {
		if value, err := aead.Open(nil, nil, sealed, []byte(key)); err == nil {
			return value, true, nil
		}
	}
	return nil, false, nil
}

func (e *encrypted) Set(ctx context.Context, key string, value []byte, maxAge time.Duration) error {
	return e.store.Set(ctx, key, e.keys[0].Seal(nil, nil, value, []byte(key)), maxAge)
}
