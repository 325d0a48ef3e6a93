package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Disk returns a Store in a folder, which is created if it does not exist. It holds
// up to size bytes; what was written first goes first. Processes on one machine
// may share it. Files are readable by their owner only.
func Disk(dir string, size int64) (Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return &disk{dir: dir, limit: size}, nil
}

// disk has a file for each value, with its time of expiry as the time of its
// last modification.
type disk struct {
	dir   string
	limit int64

	mu      sync.Mutex
	written int64 // bytes since the folder was last measured
	started bool
}

const suffix = ".answer"

func (d *disk) path(key string) string { return filepath.Join(d.dir, key+suffix) }

func (d *disk) Get(_ context.Context, key string) ([]byte, bool, error) {
	info, err := os.Stat(d.path(key))
	if errors.Is(err, fs.ErrNotExist) || err == nil && time.Now().After(info.ModTime()) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	value, err := os.ReadFile(d.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	return value, err == nil, err
}

// Set renames a complete file, so that no reader sees a part of one.
func (d *disk) Set(_ context.Context, key string, value []byte, maxAge time.Duration) error {
	if int64(len(value)) > d.limit {
		return nil // it would expire at once
	}
	if err := d.makeRoom(int64(len(value))); err != nil {
		return err
	}
	file, err := os.CreateTemp(d.dir, "new-*")
	if err != nil {
		return err
	}
	_, err = file.Write(value)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Chtimes(file.Name(), time.Time{}, time.Now().Add(maxAge))
	}
	if err == nil {
		err = os.Rename(file.Name(), d.path(key))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// makeRoom measures the folder each time that a sixteenth of its size has been
// written, and then leaves that much free. So several processes together exceed
// the size by a sixteenth each at most.
func (d *disk) makeRoom(size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.written += size; d.started && d.written < d.limit/16 {
		return nil
	}
	d.started, d.written = true, size
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	var total int64
	now := time.Now()
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil { // removed by another process
			continue
		}
		abandoned := strings.HasPrefix(info.Name(), "new-") && now.Sub(info.ModTime()) > time.Minute
		expired := strings.HasSuffix(info.Name(), suffix) && now.After(info.ModTime())
		if abandoned || expired {
			_ = os.Remove(filepath.Join(d.dir, info.Name())) // or another process did
		} else if strings.HasSuffix(info.Name(), suffix) {
			files, total = append(files, info), total+info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return cmp.Compare(a.ModTime().UnixNano(), b.ModTime().UnixNano()) })
	for _, info := range files {
		if total <= d.limit-d.limit/16-size {
			break
		}
		_ = os.Remove(filepath.Join(d.dir, info.Name())) // or another process did
		total -= info.Size()
	}
	return nil
}
