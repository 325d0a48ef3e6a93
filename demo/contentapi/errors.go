package contentapi

import (
	"errors"
	"fmt"
)

// Errors of a [Store].
var (
	// ErrNotFound means that the tenant has no such item, or that it is a draft
	// and the view has no drafts.
	ErrNotFound = errors.New("not found")
	// ErrPage means that a list has no such page.
	ErrPage = errors.New("invalid page")
	// ErrSeed means that the initial content is invalid.
	ErrSeed = errors.New("invalid seed content")
)

// FieldError describes an invalid field of an edit.
type FieldError struct {
	Field   string
	Message string
}

// Error returns the field and the message.
func (e *FieldError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Message) }
