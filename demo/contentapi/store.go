package contentapi

import (
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go
)

//go:embed schema.sql
var schema string

// Store holds the content of all tenants. It is safe for concurrent use.
//
// It has one connection, because every connection to an in-memory database has
// its own database. Its methods take no context: they only take milliseconds,
// and the driver may drop a connection when a query is interrupted, and with it
// an in-memory database.
type Store struct {
	db *sql.DB
}

// View is the part of a [Store] that a caller may see.
type View struct {
	Tenant string
	Drafts bool // drafts too
}

// Open opens the database in file, or an in-memory one if file is empty. A new
// database is filled with content. Errors in the content wrap [ErrSeed].
func Open(file string, content fs.FS) (*Store, error) {
	name := ":memory:"
	if file != "" {
		name = "file:" + file
	}
	db, err := sql.Open("sqlite", name+"?_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", file, err)
	}
	db.SetMaxOpenConns(1)
	store := &Store{db: db}
	if err := store.prepare(content); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return store, nil
}

// Close closes the database. An in-memory database is lost.
func (s *Store) Close() error { return s.db.Close() }

// prepare creates and fills the tables unless they exist.
func (s *Store) prepare(content fs.FS) error {
	return s.change(func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
			return fmt.Errorf("read schema version: %w", err)
		}
		if version != 0 {
			return nil
		}
		if _, err := tx.Exec(schema + "PRAGMA user_version = 1;"); err != nil {
			return fmt.Errorf("create tables: %w", err)
		}
		return seed(tx, content)
	})
}

// change runs do in a transaction, which is committed if do succeeds.
func (s *Store) change(do func(*sql.Tx) error) error {
	tx, err := s.db.Begin()
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Changed returns when the tenant's content was last edited, in seconds.
func (s *Store) Changed(tenant string) (time.Time, error) {
	var text string
	err := s.db.QueryRow("SELECT changed FROM tenants WHERE name = ?", tenant).Scan(&text)
	if err != nil {
		return time.Time{}, fmt.Errorf("latest edit of tenant %q: %w", tenant, err)
	}
	return time.Parse(time.RFC3339, text)
}

// touch records the time of an edit.
func touch(tx *sql.Tx, tenant, now string) error {
	_, err := tx.Exec("UPDATE tenants SET changed = max(changed, ?) WHERE name = ?", now, tenant)
	if err != nil {
		return fmt.Errorf("record the time of the edit: %w", err)
	}
	return nil
}

// querier is the common part of *sql.DB and *sql.Tx.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
}

// collect reads all rows of a query and closes them, so that the only connection
// is free again.
func collect[T any](q querier, scan func(scan func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	found := []T{}
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

// single reads the only row of a query, or returns [ErrNotFound].
func single[T any](q querier, scan func(scan func(...any) error) (T, error), query string, args ...any) (T, error) {
	found, err := collect(q, scan, query, args...)
	var none T
	if err != nil {
		return none, err
	}
	if len(found) == 0 {
		return none, ErrNotFound
	}
	return found[0], nil
}

// scanCount reads a single number.
func scanCount(scan func(...any) error) (n int, err error) {
	err = scan(&n)
	return n, err
}

// stamp formats a time for the database and the API.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
