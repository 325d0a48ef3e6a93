// Package redisstore keeps the answers of a client.Transport in Redis.
package redisstore

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"larder/client"
)

// prefix is that of all keys, to distinguish them from other keys in Redis.
const prefix = "larder-client:"

// New returns a Store in Redis, for a single server, sentinels or a cluster.
// Size it in Redis: maxmemory, with maxmemory-policy allkeys-lru or
// volatile-lru. A full Redis refuses writes, and the program goes on without.
func New(redis redis.UniversalClient) client.Store { return store{redis} }

type store struct{ redis redis.UniversalClient }

func (s store) Get(ctx context.Context, key string) ([]byte, bool, error) {
	value, err := s.redis.Get(ctx, prefix+key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return value, err == nil, err
}

func (s store) Set(ctx context.Context, key string, value []byte, maxAge time.Duration) error {
	return s.redis.Set(ctx, prefix+key, value, maxAge).Err()
}
