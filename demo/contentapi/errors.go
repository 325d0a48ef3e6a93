package contentapi

import (
	"errors"
	"fmt"
)

// The kinds of failure that a [Store] tells apart.
var (
	// ErrNotFound says that the tenant has no such item, or that it is a draft
	// and drafts were not asked for.
	ErrNotFound = errors.New("not found")
	// ErrPage says that a list has no page of that number.
	ErrPage = errors.New("invalid page")
	// ErrSeed says that the content to start with cannot be used.
	ErrSeed = errors.New("invalid seed content")
)

// FieldError says what is wrong with one field of an edit.
type FieldError struct {
	Field   string
	Message string
}

// Error puts the field in front of the message.
func (e *FieldError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Message) }
