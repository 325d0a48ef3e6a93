package contentapi

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// CreateItem adds an item to a collection, creating the collection if necessary.
// The error is a [*FieldError] if the change is invalid.
func (s *Store) CreateItem(tenant, collection string, change ItemChange, now time.Time) (Change[Item], error) {
	var created Change[Item]
	err := s.change(func(tx *sql.Tx) error {
		id, err := insertItem(tx, tenant, collection, change, stamp(now))
		if err != nil {
			return err
		}
		after, err := findItem(tx, everything(tenant), collection, id)
		created.After = &after
		return errors.Join(err, touch(tx, tenant, stamp(now)))
	})
	return created, err
}

// UpdateItem changes an item, or fails with [ErrNotFound] or a [*FieldError].
// Its fields are merged with the old ones unless replace is set.
func (s *Store) UpdateItem(tenant, collection string, id int64, change ItemChange, replace bool, now time.Time) (Change[Item], error) {
	var done Change[Item]
	err := s.change(func(tx *sql.Tx) error {
		before, err := findItem(tx, everything(tenant), collection, id)
		if err != nil {
			return err
		}
		if err := checkStatus(change.Status); err != nil {
			return err
		}
		old, err := json.Marshal(before.Fields)
		if err != nil {
			return fmt.Errorf("stored fields: %w", err)
		}
		fields, err := mergeFields(old, change.Fields, replace)
		if err != nil {
			return err
		}
		status := before.Status
		if change.Status != nil {
			status = *change.Status
		}
		if _, err := tx.Exec("UPDATE items SET fields = ?, status = ?, updated = ?, revision = revision + 1 WHERE id = ?",
			string(fields), status, stamp(now), id); err != nil {
			return fmt.Errorf("write item %d: %w", id, err)
		}
		after, err := findItem(tx, everything(tenant), collection, id)
		done = Change[Item]{Before: &before, After: &after}
		return errors.Join(err, touch(tx, tenant, stamp(now)))
	})
	return done, err
}

// DeleteItem removes an item, or fails with [ErrNotFound].
func (s *Store) DeleteItem(tenant, collection string, id int64, now time.Time) (Change[Item], error) {
	var done Change[Item]
	err := s.change(func(tx *sql.Tx) error {
		before, err := findItem(tx, everything(tenant), collection, id)
		if err != nil {
			return err
		}
		done.Before = &before
		_, err = tx.Exec("DELETE FROM items WHERE id = ?", id)
		return errors.Join(err, touch(tx, tenant, stamp(now)))
	})
	return done, err
}

// insertItem adds an item and returns its ID.
func insertItem(tx *sql.Tx, tenant, collection string, change ItemChange, now string) (int64, error) {
	if err := checkStatus(change.Status); err != nil {
		return 0, err
	}
	status := Draft
	if change.Status != nil {
		status = *change.Status
	}
	fields, err := mergeFields(json.RawMessage("{}"), change.Fields, true)
	if err != nil {
		return 0, err
	}
	result, err := tx.Exec("INSERT INTO items (tenant, collection, fields, status, updated, revision) VALUES (?, ?, ?, ?, ?, 1)",
		tenant, collection, string(fields), status, now)
	if err != nil {
		return 0, fmt.Errorf("add item: %w", err)
	}
	return result.LastInsertId()
}
